import {
  GetDurableExecutionCommand,
  InvokeCommand,
  type InvokeCommandInput,
  ListDurableExecutionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { eventually, functionOf, type LambdaService, startService } from './service.ts';

let service: LambdaService;
const finished: FinishedExecution[] = [];

beforeAll(async () => {
  service = await startService(
    [
      functionOf('durable-function.ts', { name: 'durable', durable: { executionTimeoutSeconds: 60 } }),
      functionOf('durable-function.ts', { name: 'long', durable: { executionTimeoutSeconds: 3600 } }),
    ],
    { onExecutionFinished: (execution) => finished.push(execution), keptExecutionRecords: 8 },
  );
});

afterAll(() => service.close());

const invoke = (FunctionName: string, payload: unknown, input: Partial<InvokeCommandInput> = {}) =>
  service.client.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(payload), ...input }),
  );

describe('starting a durable execution', () => {
  it('answers its result to a synchronous invocation', async () => {
    const answer = await invoke('durable:live', { course: 'steps' }, { InvocationType: 'RequestResponse' });
    expect(answer.Payload?.transformToString()).toBe('3');
    expect(answer.DurableExecutionArn).toContain('/durable-execution/');
  });

  it('answers its error to a synchronous invocation', async () => {
    const answer = await invoke('durable:live', { course: 'failure' }, { InvocationType: 'RequestResponse' });
    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({
      errorMessage: 'the whole execution fails',
    });
  });

  it.each([
    ['an unqualified name', 'durable', {}],
    ['a name with other characters', 'durable:live', { DurableExecutionName: 'a:b' }],
    ['a name that is too long', 'durable:live', { DurableExecutionName: 'a'.repeat(65) }],
    ['a synchronous execution of more than 15 minutes', 'long:live', { InvocationType: 'RequestResponse' }],
  ] as const)('refuses %s', async (_what, name, input) => {
    await expect(invoke(name, { course: 'nothing' }, input)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('finds the same execution under the same name, also after it has ended', async () => {
    const input = { DurableExecutionName: 'job-1' };
    const first = await invoke('durable:live', { course: 'wait' }, input);
    const second = await invoke('durable:live', { course: 'wait' }, input);
    expect(second.StatusCode).toBe(202);
    expect(second.DurableExecutionArn).toBe(first.DurableExecutionArn);
    const ended = () => finished.filter(({ arn }) => arn === first.DurableExecutionArn);
    await eventually(() => expect(ended()).toHaveLength(1));
    const third = await invoke('durable:live', { course: 'wait' }, input);
    expect(third.DurableExecutionArn).toBe(first.DurableExecutionArn);
    expect(ended()).toHaveLength(1);
  });

  it('refuses another payload under a name that is taken', async () => {
    const input = { DurableExecutionName: 'job-2' };
    await invoke('durable:live', { course: 'nothing' }, input);
    await expect(invoke('durable:live', { course: 'steps' }, input)).rejects.toMatchObject({
      name: 'DurableExecutionAlreadyStartedException',
      $metadata: { httpStatusCode: 409 },
    });
  });

  it('lists executions by name and status', async () => {
    const started = await invoke('durable:live', { course: 'wait' }, { DurableExecutionName: 'listed' });
    const list = (Statuses: ('RUNNING' | 'SUCCEEDED')[]) =>
      service.client.send(
        new ListDurableExecutionsByFunctionCommand({
          FunctionName: 'durable',
          DurableExecutionName: 'listed',
          Statuses,
        }),
      );
    expect((await list(['RUNNING'])).DurableExecutions).toEqual([
      {
        DurableExecutionArn: started.DurableExecutionArn,
        DurableExecutionName: 'listed',
        FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:durable:live',
        Status: 'RUNNING',
        StartTimestamp: expect.any(Date),
      },
    ]);
    expect((await list(['SUCCEEDED'])).DurableExecutions).toEqual([]);
  });

  it('forgets the oldest finished executions', async () => {
    const { DurableExecutionArn } = await invoke('durable:live', { course: 'nothing' });
    await eventually(() => expect(finished.some(({ arn }) => arn === DurableExecutionArn)).toBe(true));
    const get = () => service.client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
    expect((await get()).Status).toBe('SUCCEEDED');
    await Promise.all(
      Array.from({ length: 8 }, () =>
        invoke('durable:live', { course: 'nothing' }, { InvocationType: 'RequestResponse' }),
      ),
    );
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
