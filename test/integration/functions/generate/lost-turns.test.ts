import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import { updateItem } from '#shared/aws/table.ts';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import type { Job, NewJob } from '#shared/jobs/job.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { maxLostTurns } from '#shared/jobs/lanes/lost-turns.ts';
import { readJob, replaceRequest } from '#test/fixtures/job-table.ts';
import { setsTo } from '#test/fixtures/lost-answers.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { acceptance, type Rig, type Servers, startServers, statusPath, submitPath, success } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const acceptingRig = async (): Promise<Rig> => {
  const rig = await servers.rig();
  rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
  rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/0`));
  rig.storage.script('GET', '/0', { status: 200, body: 'picture', headers: { 'content-type': 'image/jpeg' } });
  return rig;
};

/** Makes writes fail that set the state to this one, so many times. */
const failWrites = (rig: Rig, state: string, times: number): (() => number) => {
  let failed = 0;
  rig.dynamoDb.middlewareStack.add(
    (next) => async (args) => {
      if (failed < times && setsTo(args.input as Record<string, unknown>, 'state', state)) {
        failed += 1;
        throw Object.assign(new Error('No capacity.'), { name: 'InternalServerError' });
      }
      return next(args);
    },
    { step: 'initialize', name: 'failWrites' },
  );
  return () => failed;
};

describe.concurrent('the acceptance of a submit', () => {
  it('is written again until the table takes it; the submit is not repeated', async () => {
    const rig = await acceptingRig();
    const failed = failWrites(rig, 'running', 3);
    const { job } = await rig.follow(await rig.scheduled());
    expect(failed()).toBe(3);
    expect(job.state).toBe('succeeded');
    expect(rig.adobe.asked('POST', submitPath)).toHaveLength(1);
    expect(rig.metrics).toEqual(['JobsSucceeded']);
  });

  it('and the refusal of one is written again as well', async () => {
    const rig = await acceptingRig();
    rig.adobe.script('POST', submitPath, { status: 400, body: { error_code: 'bad_request', message: 'No.' } });
    failWrites(rig, 'failed', 2);
    const { job } = await rig.follow(await rig.scheduled());
    expect(job).toMatchObject({ state: 'failed', error: { code: 'bad_request' } });
    expect(rig.adobe.asked('POST', submitPath)).toHaveLength(1);
  });
});

describe.concurrent('a request that cannot be built', () => {
  it.each<[string, Partial<NewJob>]>([
    ['is no JSON', { request: '{"prompt":' }],
    ['is no object', { request: 'null' }],
    ['names a model version that no header can hold', { modelVersion: 'image4\nstandard' }],
  ])('as it %s ends the job before the fence, unsent', async (_, fields) => {
    const rig = await acceptingRig();
    const { request, ...others } = fields;
    const job = await rig.scheduled({ fields: others });
    // No request becomes a job that is no JSON: it was broken afterwards.
    if (request !== undefined) await replaceRequest(rig.context.table, job, request);
    const { end, job: after } = await rig.follow(job);
    expect(end).toEqual({ state: 'failed' });
    expect(after.error?.code).toBe('request_unsendable');
    expect(after.history.map(({ state }) => state)).toEqual(['queued', 'scheduled', 'failed']);
    expect(rig.adobe.asked('POST', submitPath)).toEqual([]);
    expect(rig.events).toMatchObject([{ status: 'failed' }]);
    expect((await rig.permits()).every(({ freeAt }) => freeAt <= Date.now())).toBe(true);
  });

  it('for a reason that may pass loses its turn only', async () => {
    const rig = await acceptingRig();
    rig.context.getBaseUrl = () => {
      throw new Error('The settings cannot be read.');
    };
    const { end, job } = await rig.follow(await rig.scheduled());
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', lostTurns: 1, error: { code: 'turn_failed' } });
    expect(job.error?.message).not.toContain('settings');
  });
});

describe.concurrent('an input that never reaches Adobe', () => {
  const withInput = async () => {
    const rig = await acceptingRig();
    const key = `${uploadsFolder('alice')}${crypto.randomUUID()}.png`;
    const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000010000000100802000000907768de', 'hex');
    const put = new PutObjectCommand({ Bucket: 'outputs', Key: key, Body: png, ContentType: 'image/png' });
    await rig.context.s3.send(put);
    const source = { url: `s3://outputs/${key}` };
    const request = JSON.stringify({ prompt: 'a hat', style: { imageReference: { source } } });
    return { rig, job: await rig.scheduled({ fields: { request } }) };
  };

  /** Follows a job without waiting for the backoff between its uploads. */
  const followAtOnce = async (rig: Rig, turn: Job) => {
    const { end } = await runDurably<TurnEnd>((durable) => runJob(durable, turn, rig.context));
    return { end, job: await readJob(rig.context.table, turn) };
  };

  it('costs its job the turn, and the job in the end, nothing sent', async () => {
    const { rig, job } = await withInput();
    rig.adobe.script('POST', '/v2/storage/image', { status: 503, body: { error_code: 'unavailable' } });
    const first = await followAtOnce(rig, job);
    expect(first.end).toEqual({ state: 'queued' });
    expect(first.job).toMatchObject({ lostTurns: 1, error: { code: 'input_not_uploaded' } });
    await updateItem(rig.context.table, jobKey(job.jobId), { set: { lostTurns: maxLostTurns - 1 } });
    const last = await followAtOnce(rig, await rig.again(first.job));
    expect(last.job).toMatchObject({ state: 'failed', error: { code: 'never_submitted' } });
    expect(last.job.error?.message).toContain("Adobe's storage");
    expect(rig.adobe.asked('POST', submitPath)).toEqual([]);
    expect(rig.metrics).toEqual(['JobsFailed']);
    expect(rig.events).toMatchObject([{ error: { code: 'never_submitted' } }]);
  });

  it('as something fails that nobody foresaw costs its job the turn', async () => {
    const { rig, job } = await withInput();
    rig.context.buckets = { own: 'outputs', shared: null as never };
    const { end, job: after } = await followAtOnce(rig, job);
    expect(end).toEqual({ state: 'queued' });
    expect(after).toMatchObject({ lostTurns: 1, error: { code: 'inputs_not_prepared' } });
  });
});
