import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionStateCommand,
  InvokeCommand,
  type InvokeCommandInput,
  type OperationUpdate,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { eventually, functionOf, type LambdaService, startService } from './service.ts';

interface DurableInvocation {
  DurableExecutionArn: string;
  CheckpointToken: string;
  InitialExecutionState: { Operations: { StartTimestamp: string }[]; NextMarker?: string };
}

let service: LambdaService;
const finished: FinishedExecution[] = [];
const invocations: DurableInvocation[] = [];

beforeAll(async () => {
  service = await startService(
    [
      functionOf('durable-function.ts', { name: 'durable', durable: { executionTimeoutSeconds: 60 } }),
      functionOf('raw-durable-function.ts', {
        name: 'raw',
        durable: { executionTimeoutSeconds: 60 },
        maxConcurrency: 20,
      }),
    ],
    {
      onExecutionFinished: (execution) => finished.push(execution),
      onLog: (_name, line) => invocations.push(JSON.parse(line)),
      pageLimits: { maxItems: 3, maxBytes: 1_000_000 },
    },
  );
});

afterAll(() => service.close());

const invoke = (FunctionName: string, payload: unknown, input: Partial<InvokeCommandInput> = {}) =>
  service.client.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(payload), ...input }),
  );

/** Starts an execution whose function only hands its event over, so that the test can speak for it. */
const startRaw = async (): Promise<DurableInvocation> => {
  const { DurableExecutionArn } = await invoke('raw:live', {});
  return eventually(() => {
    const invocation = invocations.find((seen) => seen.DurableExecutionArn === DurableExecutionArn);
    if (!invocation) throw new Error('not invoked yet');
    return invocation;
  });
};

const checkpoint = (
  { DurableExecutionArn, CheckpointToken }: DurableInvocation,
  Updates: OperationUpdate[],
  ClientToken?: string,
) =>
  service.client.send(
    new CheckpointDurableExecutionCommand({ DurableExecutionArn, CheckpointToken, Updates, ClientToken }),
  );

const step = (Id: string, Action: OperationUpdate['Action'], more: Partial<OperationUpdate> = {}): OperationUpdate => ({
  Id,
  Type: 'STEP',
  Action,
  ...more,
});

describe('CheckpointDurableExecution', () => {
  it('records updates and answers what changed, with times', async () => {
    const invocation = await startRaw();
    expect(invocation.InitialExecutionState.Operations).toHaveLength(1);
    expect(invocation.InitialExecutionState.Operations[0]?.StartTimestamp).toMatch(/^\d{4}-\d\d-\d\dT/);
    const answer = await checkpoint(invocation, [
      step('a', 'START', { Name: 'first' }),
      { Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 60 } },
    ]);
    const [started, waiting] = answer.NewExecutionState?.Operations ?? [];
    expect(started).toMatchObject({ Id: 'a', Name: 'first', Type: 'STEP', Status: 'STARTED' });
    const lasts =
      (waiting?.WaitDetails?.ScheduledEndTimestamp?.getTime() ?? 0) - (waiting?.StartTimestamp?.getTime() ?? 0);
    expect(lasts).toBe(60_000);
  });

  it('ends a wait while the invocation that started it goes on', async () => {
    const invocation = await startRaw();
    let { CheckpointToken } = await checkpoint(invocation, [
      { Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 1 } },
    ]);
    const changed = await eventually(async () => {
      const answer = await checkpoint({ ...invocation, CheckpointToken: CheckpointToken ?? '' }, []);
      CheckpointToken = answer.CheckpointToken;
      expect(answer.NewExecutionState?.Operations).toHaveLength(1);
      return answer.NewExecutionState?.Operations;
    });
    expect(changed?.[0]).toMatchObject({ Id: 'w', Status: 'SUCCEEDED' });
  });

  it('answers a repeated request as it answered the first', async () => {
    const invocation = await startRaw();
    const first = await checkpoint(invocation, [step('a', 'START')], 'client-token');
    const repeated = await checkpoint(invocation, [step('a', 'START')], 'client-token');
    expect(repeated.CheckpointToken).toBe(first.CheckpointToken);
    expect(repeated.NewExecutionState).toEqual(first.NewExecutionState);
  });

  it('refuses a token that was used, so that the SDK gives up the invocation and not the execution', async () => {
    const invocation = await startRaw();
    await checkpoint(invocation, [step('a', 'START')]);
    await expect(checkpoint(invocation, [step('b', 'START')])).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(/^Invalid Checkpoint Token/),
    });
  });

  it('refuses the token of a killed invocation', async () => {
    const invocation = await startRaw();
    await service.lambda.killWorkers('raw');
    await eventually(() =>
      expect(invocations.filter((seen) => seen.DurableExecutionArn === invocation.DurableExecutionArn)).toHaveLength(2),
    );
    await expect(checkpoint(invocation, [step('a', 'START')])).rejects.toMatchObject({
      message: expect.stringMatching(/^Invalid Checkpoint Token/),
    });
  });

  it.each<[string, OperationUpdate[]]>([
    ['a callback', [{ Id: 'c', Type: 'CALLBACK', Action: 'START' }]],
    ['an invocation', [{ Id: 'i', Type: 'CHAINED_INVOKE', Action: 'START' }]],
    ['a step that is started twice', [step('a', 'START'), step('a', 'START')]],
    ['a result together with an error', [step('a', 'SUCCEED', { Error: { ErrorMessage: 'no' } })]],
    ['a retry without a delay', [step('a', 'RETRY')]],
    ['a wait without a length', [{ Id: 'w', Type: 'WAIT', Action: 'START' }]],
    ['an unknown parent', [step('a', 'START', { ParentId: 'nowhere' })]],
    ['a parent that is no context', [step('a', 'START'), step('b', 'START', { ParentId: 'a' })]],
    ['a result of more than 256 KB', [step('a', 'SUCCEED', { Payload: 'x'.repeat(256 * 1024 + 1) })]],
    ['an error of more than 32 KB', [step('a', 'FAIL', { Error: { ErrorMessage: 'x'.repeat(33 * 1024) } })]],
    ['updates after the end', [{ Id: 'x', Type: 'EXECUTION', Action: 'SUCCEED' }, step('a', 'START')]],
  ])('refuses %s and applies nothing', async (_what, updates) => {
    const invocation = await startRaw();
    await expect(checkpoint(invocation, updates)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    const answer = await checkpoint(invocation, []);
    expect(answer.NewExecutionState?.Operations).toEqual([]);
  });

  it('ends the execution when its result is checkpointed', async () => {
    const invocation = await startRaw();
    await checkpoint(invocation, [{ Id: 'r', Type: 'EXECUTION', Action: 'SUCCEED', Payload: '"large"' }]);
    await eventually(() =>
      expect(finished.find(({ arn }) => arn === invocation.DurableExecutionArn)?.outcome).toEqual({
        status: 'SUCCEEDED',
        result: '"large"',
      }),
    );
  });
});

describe('GetDurableExecutionState', () => {
  it('answers page by page and leaves out what a finished context makes needless', async () => {
    const invocation = await startRaw();
    const { CheckpointToken } = await checkpoint(invocation, [
      { Id: 'context', Type: 'CONTEXT', Action: 'START' },
      step('child', 'SUCCEED', { ParentId: 'context' }),
      { Id: 'context', Type: 'CONTEXT', Action: 'SUCCEED', Payload: '1' },
      ...['a', 'b', 'c'].map((id) => step(id, 'SUCCEED')),
    ]);
    const { DurableExecutionArn } = invocation;
    const page = (Marker?: string) =>
      service.client.send(new GetDurableExecutionStateCommand({ DurableExecutionArn, CheckpointToken, Marker }));
    const first = await page();
    const second = await page(first.NextMarker);
    const ids = [...(first.Operations ?? []), ...(second.Operations ?? [])].map(({ Id }) => Id);
    expect(first.Operations).toHaveLength(3);
    expect(ids.slice(1)).toEqual(['context', 'a', 'b', 'c']);
    expect(second.NextMarker).toBeUndefined();
  });

  it('serves the SDK when the operations do not fit into the event', async () => {
    const answer = await invoke('durable:live', { course: 'parallel' }, { InvocationType: 'RequestResponse' });
    expect(answer.Payload?.transformToString()).toBe('["A","B","C"]');
    const waited = await invoke('durable:live', { course: 'many' }, { InvocationType: 'RequestResponse' });
    expect(waited.Payload?.transformToString()).toBe('10');
  });

  it('refuses a token that is not that of the current invocation', async () => {
    const { DurableExecutionArn } = await startRaw();
    await expect(
      service.client.send(new GetDurableExecutionStateCommand({ DurableExecutionArn, CheckpointToken: 'stale' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it('knows no execution that has ended', async () => {
    const answer = await invoke('durable:live', { course: 'nothing' }, { InvocationType: 'RequestResponse' });
    await expect(
      service.client.send(
        new GetDurableExecutionStateCommand({
          DurableExecutionArn: answer.DurableExecutionArn,
          CheckpointToken: 'any',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
