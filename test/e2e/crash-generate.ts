import { expect, vi } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import { type CrashPoint, type CrashRig, startCrashRig } from '#test/fixtures/crash-rig.ts';

/** Everything that generate does to the world outside in the life of one job, in order. */
export const effects = [
  'lambda checkpoint', // plan begins
  'lambda checkpoint', // plan
  'lambda checkpoint', // submit begins: from here on it is not repeated
  'dynamodb UpdateItem', // the day's count
  'dynamodb UpdateItem', // scheduled -> submitting
  'firefly POST',
  'dynamodb UpdateItem', // submitting -> running
  'dynamodb UpdateItem', // the permit comes free a window after the answer
  'lambda checkpoint', // submit
  'lambda checkpoint', // wait for the first poll
  'lambda checkpoint', // poll begins
  'lambda checkpoint', // poll
  'lambda checkpoint', // begin storing begins
  'dynamodb UpdateItem', // running -> storing
  'lambda checkpoint', // begin storing
  'lambda checkpoint', // store output begins
  's3 PUT', // the output
  'lambda checkpoint', // store output
  'lambda checkpoint', // finish begins
  's3 PUT', // job.json
  'dynamodb UpdateItem', // storing -> succeeded
  'dynamodb UpdateItem', // the reservation: settled
  'dynamodb UpdateItem', // usage
  'dynamodb UpdateItem', // the reservation: the mark goes
  'dynamodb UpdateItem', // usage: the mark goes
  'dynamodb UpdateItem', // the request is kept as long as the record
  'events PutEvents',
  'dynamodb UpdateItem', // the mark is cleared
  'lambda checkpoint', // finish
];

// The second write says that the submit begins, the third that Adobe took the job. In between, nobody can know whether it
// did, and it is not sent again.
const isUnknown = (taken: string[]): boolean => taken.filter((effect) => effect === 'dynamodb UpdateItem').length === 2;

const request = { prompt: 'a lighthouse', size: { width: 1024, height: 1024 } };

/** A stack in which generate can be killed; a turn survives the crash. */
export const startGenerateRig = () => startCrashRig('generate', 20);

/** The effects of one job's whole life without a crash. */
export const recordLife = (rig: CrashRig): Promise<string[]> =>
  rig.record(async () => {
    const jobId = await rig.gateway.submit(request);
    await rig.gateway.until(jobId);
    await vi.waitFor(() => expect(rig.finishedExecutions()).toContain(`${jobId}-1`), { timeout: 20_000 });
  });

/** Kills generate at one of its effects, and looks at what becomes of the job. */
export const surviveCrash = async (rig: CrashRig, { index, fate }: CrashPoint): Promise<void> => {
  rig.crashAt(index, fate);
  const jobId = await rig.gateway.submit(request);
  await vi.waitFor(() => expect(rig.finishedExecutions()).toContain(`${jobId}-1`), { timeout: 20_000 });
  const taken = rig.takenBeforeCrash();
  expect(taken).toBeDefined();

  // A write whose job was killed in the last moment is announced by the next dispatch.
  const job = await rig.gateway.until(jobId);
  const submits = rig.gateway.stack.simulator?.requests().filter(({ requestId }) => requestId?.startsWith(jobId)) ?? [];
  expect(submits.length).toBeLessThanOrEqual(1);
  expect(
    job.states.filter(({ state }) => ['succeeded', 'failed', 'cancelled', 'timed_out'].includes(state)),
  ).toHaveLength(1);
  if (isUnknown(taken ?? [])) {
    expect(job.error?.code).toBe('submit_outcome_unknown');
  } else {
    expect(job.status).toBe('succeeded');
    expect(submits).toHaveLength(1);
    const folder = job.outputs[0]?.key.replace(/[^/]+$/, '');
    expect(await rig.storedKeys(jobId)).toEqual([`${folder}0.jpg`, `${folder}job.json`]);
  }
  await rig.gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
  await vi.waitFor(() => expect(rig.events.filter(({ detail }) => detail['jobId'] === jobId)).not.toHaveLength(0));
};
