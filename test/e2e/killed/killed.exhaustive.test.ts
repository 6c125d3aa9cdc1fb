import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeSecretCommand, GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { startSimulator } from '#local/simulator/simulator.ts';
import type { StackDescription } from '#local/stack.ts';
import { stackNames } from '#local/stack-settings.ts';
import { readClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { leaseMs } from '#shared/batches/open-batches.ts';
import { isFinal, jobStates } from '#shared/jobs/job.ts';
import { bundleFunctions } from '#test/fixtures/bundled-functions.ts';
import { findLastingPort } from '#test/fixtures/lasting-port.ts';
import { onceARun } from '#test/fixtures/once-a-run.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { countVersions, listExpectedKeys, readObject } from './bucket.ts';
import { createLives, insist, insistOnPosting as post } from './lives.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

const kills = 20;
const singleJobs = 50;
const batchLines = 10;
const seed = 15;
const size = { width: 1_024, height: 1_024 };

// Jobs whose answer one kill can take: as many functions submit at once.
const maxSubmitsAtOnce = 2;

const accepted = z.object({ jobId: z.string() });
const record = z.object({
  jobId: z.string(),
  status: z.enum(jobStates),
  states: z.array(z.object({ state: z.enum(jobStates), at: z.coerce.date() })),
  error: z.object({ code: z.string() }).optional(),
  outputs: z.array(z.object({ key: z.string(), bytes: z.int() })).default([]),
});
const batchView = z.object({
  batchId: z.string(),
  status: z.string(),
  lines: z.int().optional(),
  counts: z.record(z.string(), z.int()),
  links: z.object({ self: z.string(), reports: z.object({ jsonl: z.string(), csv: z.string() }) }),
});
const reportLine = z.object({
  line: z.int(),
  id: z.string(),
  jobId: z.string(),
  state: z.enum(jobStates),
  outputs: z.array(z.string()),
  error: z.object({ code: z.string() }).optional(),
});

it('ends everything once, and loses and repeats nothing, however often it is killed', {
  timeout: 3_600_000 + leaseMs,
}, async () => {
  const random = createRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-killed-'));
  const quickly = { requestsPerMinute: 200, pendingMs: 0, generationMs: 300 };
  const simulator = await startSimulator(quickly);
  const receiver = await startWebhookReceiver();
  const hooks = ['/one', '/two'];
  const adobe = { FIREFLY_API_URL: simulator.url, ADOBE_IMS_URL: simulator.url, ADOBE_IO_URL: simulator.url };
  const handlers = await onceARun('functions', bundleFunctions);
  const folder = join(directory, 'data');

  const lives = createLives([folder, String(await findLastingPort()), JSON.stringify(handlers)], adobe);
  onTestFinished(async () => {
    await lives.kill();
    await Promise.all([simulator.close(), receiver.close()]);
    await rm(directory, { recursive: true, force: true });
  });

  const { gateway } = await lives.start();
  for (const path of hooks) {
    const made = await (await post(`${gateway}/webhooks`, { url: receiver.url + path })).json();
    receiver.expect(path, z.object({ secret: z.string() }).parse(made).secret);
  }
  const jobs: Promise<string>[] = [];
  const submitUntil = (count: number) => {
    while (jobs.length < count) {
      const body = { prompt: `picture ${jobs.length}`, numVariations: 1, size };
      const headers = { 'idempotency-key': `job-${jobs.length}` };
      jobs.push(
        post(`${gateway}/v3/images/generate-async`, body, headers).then(
          async (answer) => accepted.parse(await answer.json()).jobId,
        ),
      );
    }
  };
  const lines = Array.from({ length: batchLines }, (_, index) =>
    JSON.stringify({ id: `line-${index}`, body: { prompt: `line ${index}`, numVariations: 1, size } }),
  );
  let batch: Promise<z.output<typeof batchView>> | undefined;
  const rotate = async ({ secretsManager: url, ...description }: StackDescription) => {
    const { secretsManager } = localClients({ ...description, secretsManager: url });
    await secretsManager.send(new RotateSecretCommand({ SecretId: stackNames.clientCredentialsSecret }));
    secretsManager.destroy();
  };

  await sleep(random() * 1_000);
  await lives.kill();
  for (let life = 1; life < kills; life += 1) {
    submitUntil(Math.ceil((singleJobs * life) / (kills - 1)));
    if (life % 5 === 4) {
      // In the middle of a start, too.
      await lives.liveFor(300 + random() * 3_000);
      continue;
    }
    const description = await lives.start();
    if (life === 3) {
      const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'batch' };
      batch = post(`${gateway}/batches`, lines.join('\n'), headers).then(async (answer) =>
        batchView.parse(await answer.json()),
      );
    }
    if (life === 6) await rotate(description);
    await sleep(random() * 2_500);
    await lives.kill();
  }
  const description = await lives.start();
  const jobIds = await Promise.all(jobs);
  if (batch === undefined) throw new Error('There was no batch.');
  const { links, batchId } = await batch;

  const read = async (jobId: string) => record.parse(await (await insist(`${gateway}/jobs/${jobId}`)).json());
  await expect
    .poll(async () => (await Promise.all(jobIds.map(read))).filter(({ status }) => !isFinal(status)), {
      // A turn that comes too late is given back, which a busy machine does again and again.
      timeout: 900_000,
    })
    .toEqual([]);
  const readBatch = async () => batchView.parse(await (await insist(new URL(links.self, gateway).href)).json());
  // A kill between the claim of a batch and the start of its execution costs it the lease of the claim.
  const maxBatchMs = leaseMs + 120_000;
  await expect.poll(async () => (await readBatch()).status, { timeout: maxBatchMs, interval: 500 }).toBe('finished');

  // The report is whole: each line has the end of its job, and the counts of the batch are theirs.
  const readReport = async (format: 'jsonl' | 'csv') => {
    const redirect = await insist(new URL(links.reports[format], gateway).href);
    return (await (await fetch(redirect.headers.get('location') ?? '')).text()).trimEnd().split('\n');
  };
  const report = (await readReport('jsonl')).map((line) => reportLine.parse(JSON.parse(line)));
  expect(report.map(({ line, id }) => [line, id])).toEqual(lines.map((_, index) => [index + 1, `line-${index}`]));
  const lineJobs = await Promise.all(report.map(({ jobId }) => read(jobId)));
  expect(report.map(({ state, outputs, error }) => ({ state, outputs, error: error?.code }))).toEqual(
    lineJobs.map(({ status: state, outputs, error }) => ({
      state,
      outputs: outputs.map(({ key }) => key),
      error: error?.code,
    })),
  );
  expect((await readReport('csv')).length).toBe(batchLines + 1);
  const { counts, lines: countedLines } = await readBatch();
  expect(countedLines).toBe(batchLines);
  const tally = [...Map.groupBy(report, ({ state }) => state)].map(([state, same]) => [state, same.length] as const);
  expect(Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))).toEqual(
    Object.fromEntries(tally),
  );

  // One end each, and at Adobe one submit at most.
  const ended = [...(await Promise.all(jobIds.map(read))), ...lineJobs];
  const prompts = [...jobIds.map((_, index) => `picture ${index}`), ...lines.map((_, index) => `line ${index}`)];
  expect(new Set(ended.map(({ jobId }) => jobId)).size).toBe(singleJobs + batchLines);
  const submits = Map.groupBy(simulator.jobs(), ({ plan }) => plan.prompt);
  expect([...submits.values()].filter((same) => same.length > 1)).toEqual([]);

  // What is not there is what a kill took the answer of: it is named, whether Adobe has taken it or not, and was not sent again.
  const unknown = ended.filter(({ status }) => status !== 'succeeded');
  expect(unknown.filter(({ error }) => error?.code !== 'submit_outcome_unknown')).toEqual([]);
  for (const [index, { status }] of ended.entries()) {
    if (status === 'succeeded') expect(submits.get(prompts[index] ?? '')).toHaveLength(1);
  }
  const taken = ended.filter(({ status }, index) => status !== 'succeeded' && submits.has(prompts[index] ?? ''));
  expect(simulator.jobs()).toHaveLength(ended.length - unknown.length + taken.length);
  // Not when it was to be submitted: on a busy machine that may have been a life before.
  const submittedAt = ({ states }: z.output<typeof record>) =>
    states.findLast(({ state }) => state === 'submitting')?.at.getTime();
  const byKill = Map.groupBy(unknown, (job) =>
    lives.killedAt.find((at) => at > (submittedAt(job) ?? Number.POSITIVE_INFINITY)),
  );
  expect(byKill.has(undefined)).toBe(false);
  for (const [at, jobsOfKill] of byKill) expect([at, jobsOfKill.length <= maxSubmitsAtOnce]).toEqual([at, true]);

  // The bucket has what belongs to the jobs that succeeded, each once, and nothing else.
  const clients = localClients(description);
  const expected = listExpectedKeys(ended, batchId);
  await expect
    .poll(async () => [...(await countVersions(clients.s3))].toSorted(), { timeout: 120_000, interval: 1_000 })
    .toEqual(expected.toSorted().map((key) => [key, 1]));
  for (const { outputs, status } of ended) {
    expect(outputs).toHaveLength(status === 'succeeded' ? 1 : 0);
    for (const { key, bytes } of outputs) {
      const image = await readObject(clients.s3, key);
      expect(image).toHaveLength(bytes);
      await expect(sharp(image).stats()).resolves.toBeDefined();
    }
  }

  // The rotation is finished, and no secret at Adobe is one that nobody knows.
  const SecretId = stackNames.clientCredentialsSecret;
  await expect
    .poll(
      async () => {
        const { VersionIdsToStages = {} } = await clients.secretsManager.send(new DescribeSecretCommand({ SecretId }));
        return Object.values(VersionIdsToStages).filter((stages) => stages.join() === 'AWSPENDING');
      },
      { timeout: 180_000 },
    )
    .toEqual([]);
  const uuidOf = async (VersionStage: string) => {
    const { SecretString = '' } = await clients.secretsManager.send(
      new GetSecretValueCommand({ SecretId, VersionStage }),
    );
    return readClientCredentials(SecretString)?.secretUuid;
  };
  const known = [await uuidOf('AWSPREVIOUS'), await uuidOf('AWSCURRENT')];
  expect(known[0]).not.toBe(known[1]);
  expect(simulator.console.secrets().map(({ uuid }) => uuid)).toEqual(known);
  for (const client of Object.values(clients)) client.destroy();

  // Each webhook was told of each end, signed, and of one end always by the same id.
  const ends = new Map([...ended.map(({ jobId, status }) => [jobId, status] as const), [batchId, 'finished']]);
  for (const path of hooks) {
    const told = () =>
      new Map(receiver.told.filter((call) => call.path === path).map((call) => [call.subject, call.status]));
    await expect.poll(() => [...told()].toSorted(), { timeout: 300_000 }).toEqual([...ends].toSorted());
  }
  expect(receiver.refused).toEqual([]);
  for (const calls of Map.groupBy(receiver.told, ({ type, subject }) => `${type} ${subject}`).values()) {
    expect(new Set(calls.map(({ messageId, status }) => `${messageId} ${status}`)).size).toBe(1);
  }
  expect(new Set(receiver.told.map(({ messageId }) => messageId)).size).toBe(ends.size);
});
