import { type DurableOperation, LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { Operation } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { setUpTestRunner } from '#test/fixtures/durable-runner.ts';
import { type DurableEvent, handler } from '../fixtures/durable-function.ts';
import { functionOf, type LambdaService, startService } from './service.ts';

const courses: DurableEvent['course'][] = [
  'steps',
  'wait',
  'retry',
  'atMostOnce',
  'failedStep',
  'failure',
  'child',
  'parallel',
  'condition',
  'nothing',
];

/** What both must agree on; ids of operations are derived from their position in the handler. */
interface Recorded {
  status: string | undefined;
  outcome: unknown;
  operations: {
    id?: string;
    parentId?: string;
    name?: string;
    type?: string;
    subType?: string;
    status?: string;
    attempt?: number;
    result?: unknown;
    errorType?: string;
  }[];
}

const fromReference = (operation: DurableOperation): Recorded['operations'][number] => {
  const step = operation.getType() === 'STEP' ? operation.getStepDetails() : undefined;
  return {
    id: operation.getId(),
    parentId: operation.getParentId(),
    name: operation.getName(),
    type: operation.getType(),
    subType: operation.getSubType(),
    status: operation.getStatus(),
    attempt: step?.attempt,
    result: step?.result,
    errorType: step?.error?.errorType,
  };
};

const fromService = (operation: Operation): Recorded['operations'][number] => ({
  id: operation.Id,
  parentId: operation.ParentId,
  name: operation.Name,
  type: operation.Type,
  subType: operation.SubType,
  status: operation.Status,
  attempt: operation.StepDetails?.Attempt,
  result: operation.StepDetails?.Result && JSON.parse(operation.StepDetails.Result),
  errorType: operation.StepDetails?.Error?.ErrorType,
});

const runReference = async (course: DurableEvent['course']): Promise<Recorded> => {
  const result = await new LocalDurableTestRunner({ handlerFunction: handler }).run({ payload: { course } });
  const status = result.getStatus();
  return {
    status,
    outcome: status === 'SUCCEEDED' ? result.getResult() : result.getError().errorMessage,
    operations: result.getOperations().map(fromReference),
  };
};

let service: LambdaService;
const finished = new Map<string, FinishedExecution>();

const runService = async (course: DurableEvent['course']): Promise<Recorded> => {
  const answer = await service.lambda.invoke('durable:live', { course }).catch((error) => error.failure.errorMessage);
  const execution = [...finished.values()].find(({ operations }) =>
    operations[0]?.ExecutionDetails?.InputPayload?.includes(`"${course}"`),
  );
  return {
    status: execution?.status,
    outcome: answer ?? undefined,
    operations: (execution?.operations ?? []).slice(1).map(fromService),
  };
};

beforeAll(async () => {
  service = await startService(
    [functionOf('durable-function.ts', { name: 'durable', durable: { executionTimeoutSeconds: 60 } })],
    { onExecutionFinished: (execution) => finished.set(execution.arn, execution) },
  );
  await setUpTestRunner();
});

afterAll(() => service.close());

describe("the local service and AWS's own test runner", () => {
  it.concurrent.each(courses)('record the same operations: %s', async (course) => {
    const [reference, recorded] = await Promise.all([runReference(course), runService(course)]);
    expect(recorded).toEqual(reference);
    expect(recorded.operations.length === 0).toBe(course === 'nothing');
  });
});
