import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { testToken } from '#test/fixtures/access-token.ts';
import { type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import {
  acceptance,
  cancelPath,
  type Rig,
  running,
  type Servers,
  startServers,
  statusPath,
  submitPath,
} from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const polls = ({ adobe }: Rig) => adobe.asked('GET', statusPath);
const cancels = ({ adobe }: Rig) => adobe.asked('PUT', cancelPath);
const ended = (status: string, code = 'image_unsafe'): ScriptedAnswer => ({
  status: 200,
  body: { status, jobId: '8b2c', error_code: code, message: `Adobe says ${code}.` },
});
const failed = ended('failed');

/** An overdue job: every poll comes after the end of its time. */
const overdue = { pollingPolicyFor: () => ({ firstPollSeconds: 1, pollCeilingSeconds: 1, timeoutSeconds: 1 }) };

describe.concurrent('an end at Adobe', () => {
  it.each([
    ['failed', 'failed', 'JobsFailed'],
    ['cancelled', 'cancelled', 'JobsCancelled'],
    ['canceled', 'cancelled', 'JobsCancelled'],
    ['timeout', 'timed_out', 'JobsTimedOut'],
  ])('as %s is the end of the job, with the code and message of Adobe', async (word, state, metric) => {
    const rig = await servers.rig();
    rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
    rig.adobe.script('GET', statusPath, running, ended('cancel_pending'), ended(word));
    const { end, job } = await rig.follow(await rig.scheduled());
    expect(end).toEqual({ state });
    expect(job).toMatchObject({
      state,
      error: { code: 'image_unsafe', message: expect.stringContaining('Adobe says image_unsafe.') },
    });
    expect(job.history.map((entry) => entry.state)).toEqual(['queued', 'scheduled', 'submitting', 'running', state]);
    expect(rig.metrics).toEqual([metric]);
    expect(rig.events).toMatchObject([{ jobId: job.jobId, status: state }]);
    expect(polls(rig)).toHaveLength(3);
  });
});

describe.concurrent('a poll', () => {
  it('asks the URL of Adobe verbatim, with the token', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, failed);
    await rig.follow(await rig.accepted());
    expect(rig.adobe.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${statusPath}`]);
    expect(polls(rig)[0]?.headers).toMatchObject({ authorization: 'Bearer token-first' });
  });

  it.each<[string, ScriptedAnswer]>([
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['500', { status: 500, body: '<html></html>' }],
    ['503', { status: 503 }],
    ['no JSON', { status: 200, body: '<html></html>' }],
    ['a lost connection', { fault: 'reset' }],
    ['404 while a shard does not know the job yet', { status: 404, body: { error_code: 'unknown_job_id' } }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ])('that meets %s is followed by another', async (_, answer) => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, answer, failed);
    expect((await rig.follow(await rig.accepted())).job.error?.code).toBe('image_unsafe');
    expect(polls(rig)).toHaveLength(2);
  });

  it('with a refused token is repeated at once with a new one', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, { status: 401, body: { error_code: '401013' } }, failed);
    expect((await rig.follow(await rig.accepted())).job.error?.code).toBe('image_unsafe');
    expect(polls(rig).map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-first',
      'Bearer token-second',
    ]);
    expect(rig.tokens.refused).toEqual([testToken('first').versionId]);
  });

  it('for which no token can be had waits for the next', async () => {
    const rig = await servers.rig();
    rig.tokens.fail = new Error('Secrets Manager does not answer.');
    rig.adobe.script('GET', statusPath, failed);
    const job = await rig.accepted();
    const followed = rig.follow(job);
    await expect.poll(() => rig.lines.length).toBeGreaterThan(0);
    rig.tokens.fail = undefined;
    expect((await followed).job.error?.code).toBe('image_unsafe');
  });

  it('fails the job when Adobe has not known it five times in a row', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, { status: 404, body: { error_code: 'unknown_job_id', message: 'Gone.' } });
    expect((await rig.follow(await rig.accepted())).job).toMatchObject({
      state: 'failed',
      error: { code: 'unknown_job_id', message: 'Gone.' },
    });
    expect(polls(rig)).toHaveLength(5);
  });
});

describe.concurrent('a URL on a host that is not allowed', () => {
  it('never gets the token: for the status, the job fails', async () => {
    const rig = await servers.rig();
    const elsewhere = await startFakeAdobe();
    const job = await rig.accepted({ statusUrl: `${elsewhere.url}/v3/status/1` });
    expect((await rig.follow(job)).job).toMatchObject({ state: 'failed', error: { code: 'status_url_not_allowed' } });
    expect(elsewhere.seen).toEqual([]);
    expect(rig.adobe.seen).toEqual([]);
    await elsewhere.close();
  });

  it('never gets the token: for the cancelling, the job goes on', async () => {
    const rig = await servers.rig();
    const elsewhere = await startFakeAdobe();
    rig.adobe.script('GET', statusPath, running, failed);
    const requested = new Date().toISOString();
    const job = await rig.accepted({ cancelUrl: `${elsewhere.url}/cancel` }, { cancelRequestedAt: requested });
    expect((await rig.follow(job)).job.error?.code).toBe('image_unsafe');
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });
});

describe.concurrent('a cancel request', () => {
  it('while the job runs is passed on to Adobe, once', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, running, ended('cancel_pending'), ended('cancelled', 'cancelled_by_user'));
    rig.adobe.script('PUT', cancelPath, { status: 200 });
    const job = await rig.accepted();
    expect((await cancelJob(rig.context.table, job))?.outcome).toBe('requested');
    expect((await rig.follow(job)).job).toMatchObject({ state: 'cancelled', error: { code: 'cancelled_by_user' } });
    expect(cancels(rig)).toHaveLength(1);
    expect(cancels(rig)[0]?.headers).toMatchObject({ authorization: 'Bearer token-first' });
  });

  it('is repeated until Adobe has taken it', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, running, running, running, ended('cancelled'));
    rig.adobe.script('PUT', cancelPath, { status: 429 }, { fault: 'reset' }, { status: 200 });
    const job = await rig.accepted({}, { cancelRequestedAt: new Date().toISOString() });
    expect((await rig.follow(job)).job.state).toBe('cancelled');
    expect(cancels(rig)).toHaveLength(3);
  });

  it('that comes too late for Adobe does not hide how the job ended', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, running, failed);
    rig.adobe.script('PUT', cancelPath, { status: 409, body: { error_code: 'job_completed' } });
    const job = await rig.accepted({}, { cancelRequestedAt: new Date().toISOString() });
    expect((await rig.follow(job)).job).toMatchObject({ state: 'failed', error: { code: 'image_unsafe' } });
  });
});

describe.concurrent('a job that Adobe does not finish in time', () => {
  const timedOut = { state: 'timed_out', error: { code: 'job_timeout' } };

  it('is cancelled there and ends as timed out', async () => {
    const rig = await servers.rig(overdue);
    rig.adobe.script('GET', statusPath, running);
    rig.adobe.script('PUT', cancelPath, { status: 200 });
    expect((await rig.follow(await rig.accepted())).job).toMatchObject(timedOut);
    expect(cancels(rig)).toHaveLength(1);
    expect(rig.metrics).toEqual(['JobsTimedOut']);
  });

  it('ends as timed out though Adobe calls it cancelled: its caller did not ask for that', async () => {
    const rig = await servers.rig(overdue);
    rig.adobe.script('GET', statusPath, running, ended('cancelled'));
    rig.adobe.script('PUT', cancelPath, { status: 200 });
    expect((await rig.follow(await rig.accepted())).job).toMatchObject(timedOut);
  });

  it('ends as timed out though there is no URL to cancel it', async () => {
    const rig = await servers.rig(overdue);
    rig.adobe.script('GET', statusPath, running);
    expect((await rig.follow(await rig.accepted({ cancelUrl: undefined }))).job).toMatchObject(timedOut);
  });

  it('ends as timed out though Adobe does not let it be cancelled', async () => {
    const rig = await servers.rig(overdue);
    rig.adobe.script('GET', statusPath, running);
    rig.adobe.script('PUT', cancelPath, { status: 403 });
    expect((await rig.follow(await rig.accepted())).job).toMatchObject(timedOut);
    expect(cancels(rig).length).toBeLessThan(10);
  });

  it('is not timed out if it has just been finished', async () => {
    const rig = await servers.rig(overdue);
    rig.adobe.script('GET', statusPath, running, failed);
    rig.adobe.script('PUT', cancelPath, { status: 200 });
    expect((await rig.follow(await rig.accepted())).job.error?.code).toBe('image_unsafe');
  });
});

describe.concurrent('an execution that takes over', () => {
  it('follows a running job without submitting it again', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, failed);
    const { job, steps } = await rig.follow(await rig.accepted());
    expect(job.state).toBe('failed');
    expect(steps).not.toContain('submit');
    expect(rig.adobe.asked('POST', submitPath)).toEqual([]);
  });

  it('has nothing to do once the job is over', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, failed);
    const job = await rig.accepted();
    await rig.follow(job);
    expect((await rig.follow(job)).end).toEqual({ state: 'stale' });
    expect(polls(rig)).toHaveLength(1);
    expect(rig.events).toHaveLength(1);
  });
});
