import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import { type CrashPoint, type CrashRig, startCrashRig } from '#test/fixtures/crash-rig.ts';

/** Everything that dispatch does to the world outside for one job, in order. */
export const effects = [
  'dynamodb UpdateItem', // the run takes a place
  'dynamodb UpdateItem', // the permit is claimed
  'dynamodb UpdateItem', // the turn is counted
  'dynamodb UpdateItem', // queued -> scheduled
  'lambda invoke', // the durable execution
  'dynamodb UpdateItem', // the served round
  'dynamodb UpdateItem', // the run leaves its place
];

const request = { prompt: 'a harbour', size: { width: 1024, height: 1024 } };

/** A stack in which dispatch can be killed; a turn is soon given up, though not one that a busy machine begins late. */
export const startDispatchRig = () => startCrashRig('dispatch', 5);

/** A run goes on for a moment after the job has its turn, and Lambda repeats one that was killed: neither belongs to the next job. */
const untilIdle = ({ gateway: { stack } }: CrashRig) =>
  vi.waitFor(() => expect(stack.lambda.runningInvocations(stackNames.functions.dispatch)).toEqual([]), {
    timeout: 60_000,
  });

/** The effects of dispatch for one job without a crash; the caller has had a job before. */
export const recordLife = async (rig: CrashRig): Promise<string[]> => {
  const live = async () => {
    await rig.gateway.until(await rig.gateway.submit(request));
    await untilIdle(rig);
  };
  await live();
  return rig.record(live);
};

/** Kills dispatch at one of its effects; the job must be submitted once and succeed all the same. */
export const surviveCrash = async (rig: CrashRig, point: CrashPoint): Promise<void> => {
  await untilIdle(rig);
  await freePlaces(rig);
  rig.crashAt(point);
  const jobId = await rig.gateway.submit(request);
  await vi.waitFor(() => expect(rig.takenBeforeCrash()).toBeDefined(), { timeout: 60_000 });
  // What the schedule does each minute.
  const status = async () => {
    await rig.gateway.stack.lambda.invoke(stackNames.functions.dispatch, { scheduled: true });
    return (await rig.gateway.record(jobId)).status;
  };
  await vi.waitFor(async () => expect(await status()).toBe('succeeded'), { timeout: 120_000, interval: 500 });
  const submits = rig.gateway.stack.simulator?.requests().filter(({ requestId }) => requestId?.startsWith(jobId)) ?? [];
  expect(submits).toHaveLength(1);
  expect(await rig.storedKeys(jobId)).toHaveLength(2);
};

/** Takes from runs that crashes before have ended the places that they hold for ten seconds more. */
const freePlaces = async ({ gateway }: CrashRig): Promise<void> => {
  const { dynamoDb } = localClients(gateway.stack.description);
  const Key = { pk: { S: jobPartitions.status('dispatch') }, sk: { S: 'runs' } };
  await dynamoDb.send(new DeleteItemCommand({ TableName: stackNames.table, Key }));
  dynamoDb.destroy();
};
