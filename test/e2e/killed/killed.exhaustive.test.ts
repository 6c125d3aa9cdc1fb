import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { startSimulator } from '#local/simulator/simulator.ts';
import type { StackDescription } from '#local/stack.ts';
import { stackNames } from '#local/stack-settings.ts';
import { readClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { isFinal, jobStates } from '#shared/jobs/job.ts';
import { bundleFunctions } from '#test/fixtures/bundled-functions.ts';
import { startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { onceARun } from '#test/fixtures/once-a-run.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { createLives } from './lives.ts';

const kills = 20;
const singleJobs = 50;
const batchLines = 10;
const seed = 15;

const accepted = z.object({ jobId: z.string() });
const record = z.object({
  status: z.enum(jobStates),
  error: z.object({ code: z.string() }).optional(),
  outputs: z.array(z.object({ key: z.string() })).default([]),
});
const batchView = z.object({
  batchId: z.string(),
  status: z.string(),
  links: z.object({ self: z.string(), jobs: z.string(), reports: z.object({ jsonl: z.string() }) }),
});

/** Asks until there is an answer that is no error of the server: the gateway may be dead at any moment. */
const insist = async (url: string, init: RequestInit = {}): Promise<Response> => {
  for (;;) {
    try {
      const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(15_000), ...init });
      if (answer.status < 500 && answer.status !== 429) return answer;
    } catch {
      // Refused, reset or cut off in the middle.
    }
    await sleep(200);
  }
};

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  insist(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

it('ends everything once, and loses and repeats nothing, however often it is killed', {
  timeout: 900_000,
}, async () => {
  const random = createRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-killed-'));
  const quickly = { requestsPerMinute: 200, pendingMs: 0, generationMs: 300, outputBytes: 4_096 };
  const simulator = await startSimulator(quickly);
  const receiver = await startFakeAdobe();
  const hooks = ['/one', '/two'];
  for (const path of hooks) receiver.script('POST', path, { status: 204 });
  const adobe = { FIREFLY_API_URL: simulator.url, ADOBE_IMS_URL: simulator.url, ADOBE_IO_URL: simulator.url };
  const handlers = await onceARun('functions', bundleFunctions);
  const folder = join(directory, 'data');

  const first = createLives([folder, '0', JSON.stringify(handlers)], adobe);
  onTestFinished(first.kill);
  const { gateway } = await first.start();
  const lives = createLives([folder, new URL(gateway).port, JSON.stringify(handlers)], adobe);
  onTestFinished(async () => {
    await lives.kill();
    await Promise.all([simulator.close(), receiver.close()]);
    await rm(directory, { recursive: true, force: true });
  });

  for (const path of hooks) expect((await post(`${gateway}/webhooks`, { url: receiver.url + path })).status).toBe(201);
  const jobs: Promise<string>[] = [];
  const submitUntil = (count: number) => {
    while (jobs.length < count) {
      const body = { prompt: `picture ${jobs.length}`, numVariations: 1 };
      const headers = { 'idempotency-key': `job-${jobs.length}` };
      jobs.push(
        post(`${gateway}/v3/images/generate-async`, body, headers).then(
          async (answer) => accepted.parse(await answer.json()).jobId,
        ),
      );
    }
  };
  const lines = Array.from({ length: batchLines }, (_, index) =>
    JSON.stringify({ id: `line-${index}`, body: { prompt: `line ${index}`, numVariations: 1 } }),
  );
  let batch: Promise<z.output<typeof batchView>> | undefined;
  const rotate = async ({ secretsManager: url, ...description }: StackDescription) => {
    const { secretsManager } = localClients({ ...description, secretsManager: url });
    await secretsManager.send(new RotateSecretCommand({ SecretId: stackNames.clientCredentialsSecret }));
    secretsManager.destroy();
  };

  await sleep(random() * 1_000);
  await first.kill();
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
      timeout: 180_000,
    })
    .toEqual([]);
  const state = async () => batchView.parse(await (await insist(new URL(links.self, gateway).href)).json()).status;
  await expect.poll(state, { timeout: 120_000, interval: 500 }).toBe('finished');

  // One end each, and at Adobe one submit at most; what the kill took the answer of is named, and was not sent again.
  const ended = await Promise.all(jobIds.map(read));
  expect(new Set(jobIds).size).toBe(singleJobs);
  const failures = ended
    .filter(({ status }) => status !== 'succeeded')
    .map(({ status, error }) => error?.code ?? status);
  expect(new Set([...failures, 'submit_outcome_unknown'])).toEqual(new Set(['submit_outcome_unknown']));
  const submits = Map.groupBy(simulator.jobs(), ({ plan }) => plan.prompt);
  expect([...submits.values()].filter((same) => same.length > 1)).toEqual([]);
  for (const [index, { status }] of ended.entries()) {
    if (status === 'succeeded') expect(submits.has(`picture ${index}`)).toBe(true);
  }

  // Every image lies there once.
  const clients = localClients(description);
  const listing = await clients.s3.send(
    new ListObjectsV2Command({ Bucket: stackNames.bucket, Prefix: 'outputs/', MaxKeys: 1_000 }),
  );
  const images = (listing.Contents ?? []).flatMap(({ Key = '' }) => (Key.endsWith('.json') ? [] : [Key]));
  for (const { outputs, status } of ended) {
    expect(outputs).toHaveLength(status === 'succeeded' ? 1 : 0);
    for (const { key } of outputs) expect(images.filter((image) => image === key)).toHaveLength(1);
  }

  // The report is whole.
  const redirect = await insist(new URL(links.reports.jsonl, gateway).href);
  const report = (await (await fetch(redirect.headers.get('location') ?? '')).text()).trimEnd().split('\n');
  expect(report.map((line) => z.object({ id: z.string() }).parse(JSON.parse(line)).id).toSorted()).toEqual(
    lines.map((_, index) => `line-${index}`),
  );

  // The rotation is finished, and no secret at Adobe is one that nobody knows.
  const SecretId = stackNames.clientCredentialsSecret;
  await expect
    .poll(
      async () => {
        const { VersionIdsToStages = {} } = await clients.secretsManager.send(new DescribeSecretCommand({ SecretId }));
        return Object.values(VersionIdsToStages).filter((stages) => stages.join() === 'AWSPENDING');
      },
      { timeout: 60_000 },
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

  // Each webhook was told of each end.
  const toldOf = (path: string) =>
    new Set(
      receiver.asked('POST', path).flatMap(({ body }) => {
        const { type, data } = z
          .object({
            type: z.string(),
            data: z.object({ jobId: z.string().optional(), batchId: z.string().optional() }),
          })
          .parse(JSON.parse(body));
        return type === 'job.ended' ? (data.jobId ?? []) : (data.batchId ?? []);
      }),
    );
  for (const path of hooks) {
    await expect
      .poll(() => [...jobIds, batchId].filter((id) => !toldOf(path).has(id)), { timeout: 60_000 })
      .toEqual([]);
  }
});
