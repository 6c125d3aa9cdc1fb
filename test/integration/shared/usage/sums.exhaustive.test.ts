import pMap from 'p-map';
import { expect, it } from 'vitest';
import { createApi } from '#functions/api/app.ts';
import { recoverCosts } from '#functions/dispatch/recover-costs.ts';
import { recoverEnds } from '#functions/dispatch/recover-ends.ts';
import type { Item } from '#shared/aws/items.ts';
import type { CallerPolicy } from '#shared/caller-policy.ts';
import { isFinal, type Job } from '#shared/jobs/job.ts';
import { findActualCost } from '#shared/jobs/stored-cost.ts';
import { endJob, type JobEnd } from '#shared/jobs/transitions.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { parseUsageKey } from '#shared/usage/usage-items.ts';
import { createEventBus } from '#test/fixtures/event-bus.ts';
import { allItems, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';
import { makeMortal } from '#test/fixtures/mortal-client.ts';
import { observe } from '#test/fixtures/observed.ts';
import { createLane, onlyLane } from '#test/fixtures/queue.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { startApi } from '#test/integration/functions/api/fixture.ts';
import { httpEvent } from '#test/integration/functions/api/http-event.ts';

// Fewer in a hurry: they are as good while one writes at it.
const jobs = Number(process.env['USAGE_JOBS'] ?? 2_000);
const inWave = 100;

const policies: Record<string, CallerPolicy> = {
  ads: { operationsPerDay: jobs * 0.4, operationsPerMonth: jobs * 0.6 },
  shop: { operationsPerDay: jobs * 0.25 },
  press: { operationsPerMonth: jobs * 0.4 },
  lab: {},
};

const labels = [undefined, 'campaign=spring', 'campaign=summer, team=brand'];

const bodies = [
  {
    path: '/v3/images/generate-async',
    model: undefined,
    body: (count: number) => ({ prompt: 'a fox', numVariations: count }),
  },
  {
    path: '/v3/images/generate-async',
    model: 'image4_standard',
    body: (count: number) => ({ prompt: 'a fox', numVariations: count }),
  },
  { path: '/v3/videos/generate', model: 'video1_standard', body: () => ({ prompt: 'a fox' }) },
];

/** What Adobe, or the way to it, makes of a job. */
const ends: ((outputs: number) => JobEnd)[] = [
  (outputs) => ({ to: 'succeeded', requested: outputs, received: outputs }),
  (outputs) => ({ to: 'succeeded', requested: outputs, received: outputs }),
  (outputs) => ({ to: 'partially_succeeded', requested: outputs, received: Math.max(0, outputs - 1) }),
  () => ({ to: 'failed', error: { code: 'image_unsafe', message: 'No.' } }),
  () => ({ to: 'failed', error: { code: 'submit_outcome_unknown', message: 'The answer was lost.' } }),
  () => ({ to: 'cancelled' }),
  () => ({ to: 'timed_out', error: { code: 'job_timeout', message: 'Too slow.' } }),
];

const jobsIn = (items: readonly Item[]): Job[] => items.filter(({ sk }) => sk === 'job') as unknown as Job[];

const add = (sums: Map<string, number>, key: string, amount: number): void => {
  if (amount !== 0) sums.set(key, (sums.get(key) ?? 0) + amount);
};

/** What budgets and usage must say of jobs that have all ended, by what is counted. */
const sumJobs = (items: readonly Item[]): Map<string, number> => {
  const reservedAt = new Map(
    items.flatMap(({ pk, state, jobId, at }) =>
      String(pk).startsWith('reservation#') && state === 'settled' ? [[String(jobId), String(at)]] : [],
    ),
  );
  const sums = new Map<string, number>();
  for (const job of jobsIn(items)) {
    const { actual } = findActualCost(job);
    const day = (reservedAt.get(job.jobId) ?? job.createdAt).slice(0, 10);
    const kind = [job.caller, day, job.operation, job.modelVersion ?? ''];
    add(sums, `budget ${job.caller} ${day}`, actual);
    add(sums, `budget ${job.caller} ${day.slice(0, 7)}`, actual);
    for (const label of [undefined, ...Object.entries(job.labels ?? {}).map(([name, value]) => `${name}=${value}`)]) {
      add(sums, `cost ${[...kind, label].join(' ')}`, actual);
      add(sums, `jobs ${[...kind, label].join(' ')}`, 1);
      add(sums, `outputs ${[...kind, label].join(' ')}`, job.received ?? 0);
    }
  }
  return sums;
};

/** The same as the table counts it. */
const readSums = (items: readonly Item[]): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const item of items) {
    const [pk, sk] = [String(item['pk']), String(item['sk'])];
    if (/^(label-)?usage#/.test(pk)) {
      const { caller, day, operation, model, label } = parseUsageKey(sk);
      for (const name of ['cost', 'jobs', 'outputs']) {
        add(sums, `${name} ${[caller, day, operation, model, label].join(' ')}`, Number(item[name] ?? 0));
      }
    } else if (pk.startsWith('budget#') && sk.length === 'yyyy-mm'.length) {
      const caller = pk.slice('budget#'.length);
      add(sums, `budget ${caller} ${sk}`, Number(item['month'] ?? 0));
      for (const [name, amount] of Object.entries(item)) {
        if (/^d\d\d$/.test(name)) add(sums, `budget ${caller} ${sk}-${name.slice(1)}`, Number(amount));
      }
    }
  }
  return sums;
};

/** Budgets that hold more than they may. */
const findExceeded = (items: readonly Item[]): string[] =>
  [...readSums(items)].flatMap(([key, amount]) => {
    const [what, caller = '', period = ''] = key.split(' ');
    const { operationsPerDay, operationsPerMonth } = policies[caller] ?? {};
    const limit = period.length === 'yyyy-mm'.length ? operationsPerMonth : operationsPerDay;
    return what === 'budget' && limit !== undefined && amount > limit * 1_000 ? [`${key}: ${amount}`] : [];
  });

it(`${jobs} jobs later, each cost is counted once, wherever a function was killed`, {
  timeout: 3_600_000,
}, async () => {
  const dynamoDb = await startTestDynamoDb();
  const clock = createManualClock(Date.parse('2026-03-30T20:00:00.000Z'));
  const table = await dynamoDb.table(clock);
  const { own, client } = dynamoDb.reconnect(table);
  const random = createRandom(7);
  const mortal = makeMortal(client, random, 0.02);
  const { bus, entries } = createEventBus();
  const { log, recordMetric } = observe();
  const context = { table: own, bus, log, recordMetric };
  const api = await startApi({
    ...context,
    lanes: onlyLane(createLane(own)),
    readPolicy: async (caller) => policies[caller] ?? {},
  });
  const handler = createApi(api.context);
  const pick = <Entry>(list: readonly Entry[]): Entry => list[Math.floor(random() * list.length)] as Entry;
  const statuses: Record<string, number> = {};
  const send = async (index: number): Promise<void> => {
    const { path, model, body } = pick(bodies);
    const label = pick(labels);
    const headers = {
      'idempotency-key': `request-${index}`,
      ...(model !== undefined && { 'x-model-version': model }),
      ...(label !== undefined && { 'x-label': label }),
    };
    const wanted = { method: 'POST', path, headers, body: body(1 + Math.floor(random() * 3)) };
    const event = httpEvent({ ...wanted, caller: pick(Object.keys(policies)) });
    // A client that gets no answer asks again, now and then.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await mortal.run(() => handler(event, { getRemainingTimeInMillis: () => 29_000 } as never));
      const status = String(answer?.statusCode ?? 'killed');
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (answer !== undefined || random() < 0.5) return;
    }
  };
  const end = async (job: Job): Promise<void> => {
    const how = pick(ends)(job.cost?.outputs ?? 1);
    await mortal.run(async () => {
      const ended = await endJob(own, job, [job.state], how);
      if (ended !== undefined) await publishEnded(context, ended);
    });
  };
  const recover = async (): Promise<number> =>
    (await recoverEnds(context, 'jobs')) + (await recoverEnds(context, 'thresholds')) + (await recoverCosts(context));

  for (let sent = 0; jobsIn(await allItems(table)).length < jobs; sent += inWave) {
    const requests = Array.from({ length: inWave }, (_, at) => sent + at);
    await pMap(requests, send, { concurrency: 8 });
    const open = jobsIn(await allItems(table)).filter(({ state }) => !isFinal(state));
    await pMap(
      open.filter(() => random() < 0.8),
      end,
      { concurrency: 8 },
    );
    await mortal.run(recover);
    expect(findExceeded(await allItems(table))).toEqual([]);
    clock.advance(Math.ceil((36 * 3_600_000 * inWave) / jobs));
  }
  for (const job of jobsIn(await allItems(table)).filter(({ state }) => !isFinal(state))) {
    await endJob(table, job, [job.state], pick(ends)(job.cost?.outputs ?? 1));
  }
  clock.advance(15 * 60_000);
  while ((await recover()) > 0) clock.advance(1);

  const items = await allItems(table);
  expect(items.filter(({ queueState }) => queueState === 'reservation')).toEqual([]);
  expect(findExceeded(items)).toEqual([]);
  expect(Object.fromEntries([...readSums(items)].sort())).toEqual(Object.fromEntries([...sumJobs(items)].sort()));
  const reached = entries
    .filter(({ type }) => type === 'Budget Threshold Reached')
    .map(({ detail }) => JSON.stringify(detail));
  console.log(
    JSON.stringify({
      statuses,
      jobs: jobsIn(items).length,
      deaths: mortal.deaths(),
      thresholds: new Set(reached).size,
    }),
  );
  expect(mortal.deaths()).toBeGreaterThan(jobs / 10);
  expect(new Set(reached).size).toBeGreaterThan(0);
  await api.close();
  await dynamoDb.close();
});
