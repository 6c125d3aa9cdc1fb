import { expect, vi } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import { finalStates } from '#shared/jobs/job.ts';
import { type CrashPoint, type CrashRig, startCrashRig } from '#test/fixtures/crash-rig.ts';
import type { JobRecord } from '#test/fixtures/gateway.ts';

/** Everything that generate does to the world outside in the life of one job, in order. */
const effects = [
  'lambda checkpoint', // submit begins: from here on it is not repeated
  'dynamodb UpdateItem', // the day's count
  'dynamodb UpdateItem', // scheduled -> submitting
  'firefly POST',
  'dynamodb UpdateItem', // submitting -> running
  'dynamodb UpdateItem', // the permit comes free a window after the answer
  'lambda checkpoint', // submit
  'lambda checkpoint', // wait for the first poll
  'lambda checkpoint', // poll begins
  's3 PUT', // the output
  's3 PUT', // job.json
  'dynamodb UpdateItem', // running -> succeeded
  'dynamodb UpdateItem', // the reservation: settling
  'dynamodb UpdateItem', // the budget
  'dynamodb UpdateItem', // usage
  'dynamodb UpdateItem', // the reservation: settled
  'dynamodb UpdateItem', // the budget: the mark goes
  'dynamodb UpdateItem', // usage: the mark goes
  'events PutEvents',
  'dynamodb UpdateItem', // the mark is cleared
  'lambda checkpoint', // poll
];

/** A job whose life can be cut at each of its effects. */
export interface Life {
  /** Everything that generate does to the world outside, in order. */
  effects: readonly string[];
  /** Sends the request, and returns the id of the job. */
  send(rig: CrashRig): Promise<string>;
  /** Whether nobody can know, after these effects, if Adobe took the job. */
  isUnknown(taken: readonly string[]): boolean;
  /** Names of what is stored in the folder of the job. */
  files: readonly string[];
}

/** A job of Firefly's. */
export const imageLife: Life = {
  effects,
  send: ({ gateway }) => gateway.submit({ prompt: 'a lighthouse', size: { width: 1024, height: 1024 } }),
  // The second write says that the submit begins, the third that Adobe took the job. In between, nobody can know whether it
  // did, and it is not sent again.
  isUnknown: (taken) => taken.filter((effect) => effect === 'dynamodb UpdateItem').length === 2,
  files: ['0.jpg', 'job.json'],
};

/** A stack in which generate can be killed; a turn survives the crash. */
export const startGenerateRig = () => startCrashRig('generate', 60);

const followToEnd = async (rig: CrashRig, { send }: Life): Promise<string> => {
  const jobId = await send(rig);
  await vi.waitFor(() => expect(rig.finishedExecutions()).toContain(`${jobId}-1`), { timeout: 120_000 });
  return jobId;
};

/** The effects of one job's whole life without a crash. */
export const recordLife = (rig: CrashRig, life: Life): Promise<string[]> =>
  rig.record(async () => {
    await rig.gateway.until(await followToEnd(rig, life));
  });

/**
 * Kills generate at one of a job's effects, and looks at what becomes of the job.
 *
 * @param meanwhile happens while generate is down
 * @param isForgotten whether Adobe does not tell any more what came of the job, after these effects
 */
export const surviveCrash = async (
  rig: CrashRig,
  life: Life,
  point: CrashPoint,
  {
    meanwhile,
    isForgotten = () => false,
  }: { meanwhile?: () => void; isForgotten?: (taken: readonly string[]) => boolean } = {},
): Promise<JobRecord> => {
  rig.crashAt(point, meanwhile);
  const jobId = await followToEnd(rig, life);
  const taken = rig.takenBeforeCrash() ?? [];
  expect(rig.takenBeforeCrash()).toBeDefined();

  // A write whose job was killed in the last moment is announced by the next dispatch.
  const job = await rig.gateway.until(jobId);
  // A second turn goes on for a moment after the end of its job: the next job of this rig must not count what it does.
  await vi.waitFor(() => expect(rig.finishedExecutions()).toContain(`${jobId}-${job['turn']}`), { timeout: 120_000 });
  const submits = rig.gateway.stack.simulator?.requests().filter(({ requestId }) => requestId?.startsWith(jobId)) ?? [];
  expect(submits.length).toBeLessThanOrEqual(1);
  expect(job.states.filter(({ state }) => finalStates.some((final) => final === state))).toHaveLength(1);
  if (life.isUnknown(taken)) {
    expect(job.error?.code).toBe('submit_outcome_unknown');
  } else if (isForgotten(taken)) {
    expect(job.error?.code).toBe('outcome_forgotten');
    expect(submits).toHaveLength(1);
  } else {
    expect(job.status).toBe('succeeded');
    expect(submits).toHaveLength(1);
    const names = (await rig.storedKeys(jobId)).map((key) => key.slice(key.lastIndexOf('/') + 1));
    expect(names).toEqual(life.files);
  }
  await rig.gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
  await vi.waitFor(() => expect(rig.events.filter(({ detail }) => detail['jobId'] === jobId)).not.toHaveLength(0), {
    timeout: 120_000,
  });
  return job;
};
