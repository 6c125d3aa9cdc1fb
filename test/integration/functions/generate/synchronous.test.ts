import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import { keepAnswer } from '#functions/generate/kept-answer.ts';
import { engines } from '#shared/adobe/services/content-tagging/engines.ts';
import type { Job, Turn } from '#shared/jobs/job.ts';
import { transition } from '#shared/jobs/transitions.ts';
import type { ScriptedAnswer } from '#test/fixtures/fake-adobe.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { observe } from '#test/fixtures/observed.ts';
import { createLane, dispatchContext } from '#test/fixtures/queue.ts';
import { impatient, type Rig, type Servers, startServers } from './rig.ts';

const path = '/services/v2/predict';
const [engine = ''] = Object.keys(engines);

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const request = JSON.stringify({
  'sensei:engines': [
    {
      'sensei:execution_info': { 'sensei:engine': engine },
      'sensei:inputs': { documents: [{ 'repo:path': 'https://files.test/a.pdf', 'dc:format': 'application/pdf' }] },
      'sensei:params': { 'application-id': '1' },
    },
  ],
});

const statuses = [{ 'sensei:engine': engine, invocations: [{ status: '200', message: null }] }];
const found = [{ key_phrases: [{ name: 'a secret phrase' }] }];
const result: ScriptedAnswer = { status: 200, body: { contentAnalyzerResponse: { statuses }, result: found } };

const tag = async (rig: Rig, answer: ScriptedAnswer = result) => {
  rig.adobe.script('POST', path, answer);
  const job = await rig.scheduled({
    fields: { operation: 'content-tagging/predict', modelVersion: undefined, request },
  });
  return rig.follow(job);
};

/** Comes between generate and S3 where it keeps or reads an answer. */
const interceptAnswers = (
  rig: Rig,
  intercept: (put: boolean, send: () => Promise<unknown>, key: string) => Promise<unknown>,
) => {
  const real = rig.context.s3;
  const send = async (command: unknown, ...rest: unknown[]) => {
    const pass = () => (real.send as (...given: unknown[]) => Promise<unknown>).call(real, command, ...rest);
    const { Key = '' } = (command as { input: { Key?: string } }).input;
    return Key.endsWith('/answer') && !(command instanceof DeleteObjectCommand)
      ? intercept(command instanceof PutObjectCommand, pass, Key)
      : pass();
  };
  rig.context.s3 = Object.assign(Object.create(real) as S3Client, { send });
};

const leftKeys = async (rig: Rig, jobId: string) =>
  [...(await rig.stored()).keys()].filter((key) => key.startsWith(`incoming/${jobId}/`));

describe.concurrent('a job whose request Adobe answers with the result', () => {
  it('has what was found as its output, and nothing of it anywhere else', async () => {
    const rig = await servers.rig();
    const { end, job, steps } = await tag(rig);
    expect(end).toEqual({ state: 'succeeded' });
    expect(job).toMatchObject({ result: { contentAnalyzerResponse: { statuses } }, outputs: [{ isEmbedded: true }] });
    const object = (await rig.stored()).get(job.outputs?.[0]?.key ?? '');
    expect(JSON.parse(object?.bytes.toString() ?? '')).toEqual(found);
    expect(await leftKeys(rig, job.jobId)).toEqual([]);
    expect(JSON.stringify([job, rig.events, rig.lines, steps])).not.toContain('a secret phrase');
    expect(rig.adobe.asked('POST', path)).toHaveLength(1);
  });

  it('fails with the reason of the engine, and its answer is removed', async () => {
    const rig = await servers.rig();
    const failed = [{ 'sensei:engine': engine, invocations: [{ status: '422', message: 'No text.' }] }];
    const { job } = await tag(rig, { status: 200, body: { contentAnalyzerResponse: { statuses: failed } } });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'invocation_422', message: 'No text.' } });
    expect(await leftKeys(rig, job.jobId)).toEqual([]);
  });

  it('is sent once though S3 takes the answer at the third try only', async () => {
    const rig = await servers.rig(impatient);
    let tries = 0;
    interceptAnswers(rig, async (isPut, send) => {
      tries += isPut ? 1 : 0;
      if (isPut && tries < 3) throw new Error('S3 is busy.');
      return send();
    });
    expect((await tag(rig)).end).toEqual({ state: 'succeeded' });
    expect(rig.adobe.asked('POST', path)).toHaveLength(1);
  });

  it('goes on from the answer in S3 after a crash before its record says so', async () => {
    const rig = await servers.rig(impatient);
    interceptAnswers(rig, async (isPut, send) => {
      const sent = await send();
      if (isPut) throw new Error('The sandbox dies.');
      return sent;
    });
    expect((await tag(rig)).end).toEqual({ state: 'succeeded' });
    expect(rig.adobe.asked('POST', path)).toHaveLength(1);
  });

  it('is unknown, and is not sent again, after a crash before the answer is in S3', async () => {
    const rig = await servers.rig(impatient);
    interceptAnswers(rig, async (isPut, send) => {
      if (isPut) throw new Error('The sandbox dies.');
      return send();
    });
    const { job } = await tag(rig);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'submit_outcome_unknown' } });
    expect(rig.adobe.asked('POST', path)).toHaveLength(1);
  });

  describe('whose execution is dead for good', () => {
    /** Lets dispatch find a job that is lost in its submit, and follows it. */
    const recover = async (rig: Rig, keep: (job: Job) => Promise<unknown>) => {
      const { table } = rig.context;
      const fields = { operation: 'content-tagging/predict', modelVersion: undefined, request };
      const job = await rig.scheduled({ fields });
      const lost = await transition(table, job, {
        from: ['scheduled'],
        to: 'submitting',
        order: new Date().toISOString(),
      });
      await keep(lost ?? job);
      const followed: Promise<unknown>[] = [];
      const startTurn = async (turn: Turn) => void followed.push(rig.follow(turn));
      await recoverJobs({ ...dispatchContext(createLane(table)), ...observe(), bus: rig.context.bus, startTurn });
      await Promise.all(followed);
      expect(rig.adobe.seen).toEqual([]);
      return readJob(table, job);
    };
    const put = (rig: Rig, text: string) => (job: Job) => keepAnswer(rig.context, job, text);

    it('goes on from the answer that was written before it died', async () => {
      const rig = await servers.rig();
      const body = JSON.stringify({ contentAnalyzerResponse: { statuses }, result: found });
      const job = await recover(rig, put(rig, body));
      expect(job).toMatchObject({ state: 'succeeded', outputs: [{ isEmbedded: true }] });
      const object = (await rig.stored()).get(job.outputs?.[0]?.key ?? '');
      expect(JSON.parse(object?.bytes.toString() ?? '')).toEqual(found);
      expect(await leftKeys(rig, job.jobId)).toEqual([]);
      expect(rig.metrics).toEqual(['JobsSucceeded']);
    });

    it('fails with what the answer says', async () => {
      const rig = await servers.rig();
      const failed = [{ 'sensei:engine': engine, invocations: [{ status: '422', message: 'No text.' }] }];
      const job = await recover(rig, put(rig, JSON.stringify({ contentAnalyzerResponse: { statuses: failed } })));
      expect(job).toMatchObject({ state: 'failed', error: { code: 'invocation_422' } });
      expect(rig.metrics).toEqual(['JobsFailed']);
    });

    it('is unknown without an answer, and is not sent again', async () => {
      const rig = await servers.rig();
      const job = await recover(rig, async () => {});
      expect(job).toMatchObject({ state: 'failed', error: { code: 'submit_outcome_unknown' } });
      expect(rig.metrics).toEqual(['SubmitOutcomeUnknown', 'JobsFailed']);
      expect(rig.events).toHaveLength(1);
    });
  });

  it.each<[string, ScriptedAnswer]>([
    ['has no body', { status: 202 }],
    ['is a server error', { status: 500, body: { error_code: 'x', message: 'x' } }],
  ])('is unknown if its answer %s', async (_, answer) => {
    const rig = await servers.rig();
    const { job } = await tag(rig, answer);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'submit_outcome_unknown' } });
    expect(rig.adobe.asked('POST', path)).toHaveLength(1);
  });

  it('fails if somebody deletes the answer', async () => {
    const rig = await servers.rig();
    interceptAnswers(rig, async (isPut, send, Key) => {
      if (!isPut) await rig.context.s3.send(new DeleteObjectCommand({ Bucket: 'outputs', Key }));
      return send();
    });
    const { job } = await tag(rig);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'answer_gone' } });
  });
});
