import { InvokeCommand, type InvokeCommandInput } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlainEvent } from '../fixtures/plain-function.ts';
import { eventually, functionOf, type LambdaService, startService } from './service.ts';

let service: LambdaService;

beforeAll(async () => {
  service = await startService(
    [
      functionOf('plain-function.ts', { name: 'plain', env: { TABLE_NAME: 'jobs' } }),
      functionOf('plain-function.ts', { name: 'single', maxConcurrency: 1 }),
      functionOf('plain-function.ts', { name: 'hasty', timeoutMs: 300 }),
      functionOf('broken-function.ts', { name: 'broken' }),
    ],
    { asyncRetryDelaysMs: [10, 10] },
  );
});

afterAll(() => service.close());

const invoke = (event: PlainEvent | string, input: Partial<InvokeCommandInput> = {}) =>
  service.client.send(
    new InvokeCommand({
      FunctionName: 'plain',
      Payload: typeof event === 'string' ? event : JSON.stringify(event),
      ...input,
    }),
  );

const payloadOf = (answer: { Payload?: { transformToString(): string } }): unknown =>
  JSON.parse(answer.Payload?.transformToString() ?? 'null');

describe('Invoke', () => {
  it('answers the result of the function', async () => {
    const answer = await invoke({ do: 'echo', value: { text: 'grüße' } });
    expect(answer.StatusCode).toBe(200);
    expect(answer.FunctionError).toBeUndefined();
    expect(payloadOf(answer)).toMatchObject({ value: { text: 'grüße' } });
  });

  it.each([
    ['plain', 'arn:aws:lambda:us-east-1:000000000000:function:plain'],
    ['plain:live', 'arn:aws:lambda:us-east-1:000000000000:function:plain:live'],
    ['000000000000:function:plain', 'arn:aws:lambda:us-east-1:000000000000:function:plain'],
    [
      'arn:aws:lambda:us-east-1:000000000000:function:plain:$LATEST',
      'arn:aws:lambda:us-east-1:000000000000:function:plain:$LATEST',
    ],
  ])('finds the function by %s', async (FunctionName, invokedFunctionArn) => {
    const answer = await invoke({ do: 'context' }, { FunctionName });
    expect(payloadOf(answer)).toMatchObject({
      functionName: 'plain',
      functionVersion: '$LATEST',
      invokedFunctionArn,
      memoryLimitInMB: '512',
    });
  });

  it('gives the handler a fresh request id and the time that is left', async () => {
    const first = payloadOf(await invoke({ do: 'context' })) as { awsRequestId: string; remainingMs: number };
    const second = payloadOf(await invoke({ do: 'context' })) as { awsRequestId: string };
    expect(first.awsRequestId).not.toBe(second.awsRequestId);
    expect(first.remainingMs).toBeGreaterThan(8_000);
    expect(first.remainingMs).toBeLessThanOrEqual(10_000);
  });

  it('passes the client context on', async () => {
    const ClientContext = Buffer.from(JSON.stringify({ custom: { a: 1 } })).toString('base64');
    expect(payloadOf(await invoke({ do: 'context' }, { ClientContext }))).toMatchObject({
      clientContext: { custom: { a: 1 } },
    });
  });

  it("gives a function its own environment and nothing of this process's", async () => {
    const environment = payloadOf(await invoke({ do: 'environment' })) as Record<string, string>;
    expect(environment).toMatchObject({
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_LAMBDA_FUNCTION_NAME: 'plain',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_ENDPOINT_URL_LAMBDA: service.lambda.url,
      TABLE_NAME: 'jobs',
    });
    expect(environment).not.toHaveProperty('PATH');
  });

  it('reports a thrown error as the Node runtime does', async () => {
    const answer = await invoke({ do: 'throw' });
    expect(answer.StatusCode).toBe(200);
    expect(answer.FunctionError).toBe('Unhandled');
    expect(payloadOf(answer)).toEqual({
      errorType: 'PlainError',
      errorMessage: 'thrown on request',
      trace: expect.arrayContaining([expect.stringContaining('plain-function.ts')]),
    });
  });

  it.each([
    ['crash', { errorType: 'RangeError', errorMessage: 'thrown where nobody catches it' }],
    ['exit', { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') }],
  ] as const)('survives a function whose sandbox ends (%s)', async (what, failure) => {
    const answer = await invoke({ do: what });
    expect(answer.FunctionError).toBe('Unhandled');
    expect(payloadOf(answer)).toMatchObject(failure);
    expect(payloadOf(await invoke({ do: 'echo', value: 1 }))).toEqual({ value: 1, invocations: 1 });
  });

  it('ends a sandbox that takes longer than the function may', async () => {
    const answer = await invoke({ do: 'hang' }, { FunctionName: 'hasty' });
    expect(payloadOf(answer)).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 0.30 seconds'),
    });
  });

  it('reports a module that cannot be loaded', async () => {
    const answer = await invoke('{}', { FunctionName: 'broken' });
    expect(payloadOf(answer)).toMatchObject({
      errorType: 'SyntaxError',
      errorMessage: 'this module cannot be loaded',
    });
  });

  it('takes an empty payload for an empty event', async () => {
    const answer = await service.client.send(new InvokeCommand({ FunctionName: 'plain' }));
    expect(answer.FunctionError).toBeUndefined();
  });

  it('only checks the request in a dry run', async () => {
    expect((await invoke({ do: 'throw' }, { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  });

  it.each([
    ['an unknown function', '{}', { FunctionName: 'unknown' }, 'ResourceNotFoundException', 404],
    ['an unknown alias', '{}', { Qualifier: 'blue' }, 'ResourceNotFoundException', 404],
    [
      'two qualifiers',
      '{}',
      { FunctionName: 'plain:live', Qualifier: '$LATEST' },
      'InvalidParameterValueException',
      400,
    ],
    ['a payload that is not JSON', '{"a":', {}, 'InvalidRequestContentException', 400],
    ['an execution name', '{}', { DurableExecutionName: 'name' }, 'InvalidParameterValueException', 400],
    ['more than 6 MB', JSON.stringify('x'.repeat(6 * 1024 * 1024)), {}, 'RequestTooLargeException', 413],
    [
      'more than 1 MB asynchronously',
      JSON.stringify('x'.repeat(1024 * 1024)),
      { InvocationType: 'Event' },
      'RequestTooLargeException',
      413,
    ],
  ] as const)('refuses %s', async (_what, payload, input, name, httpStatusCode) => {
    await expect(invoke(payload, input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  it('fails an answer of more than 6 MB', async () => {
    const answer = await invoke({ do: 'large-answer', bytes: 6 * 1024 * 1024 });
    expect(payloadOf(answer)).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });
});

describe('sandboxes', () => {
  it('are reused one invocation at a time, and further invocations wait', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, value) => invoke({ do: 'echo', value }, { FunctionName: 'single' })),
    );
    const counts = answers.map((answer) => (payloadOf(answer) as { invocations: number }).invocations);
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('can be killed in the middle of an invocation', async () => {
    const answer = invoke({ do: 'hang' }, { FunctionName: 'single' });
    await eventually(() => expect(service.lambda.runningInvocations('single')).toHaveLength(1));
    expect(await service.lambda.killWorkers('single')).toEqual({ sandboxes: 1, invocations: 1 });
    expect(payloadOf(await answer)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(payloadOf(await invoke({ do: 'echo', value: 1 }, { FunctionName: 'single' }))).toMatchObject({ value: 1 });
  });

  it('can be killed by the request they run', async () => {
    const answer = invoke({ do: 'hang' }, { FunctionName: 'single' });
    const [running] = await eventually(() => {
      const invocations = service.lambda.runningInvocations('single');
      expect(invocations).toHaveLength(1);
      return invocations;
    });
    expect(await service.lambda.killInvocation(running?.requestId ?? '')).toBe(true);
    expect((await answer).FunctionError).toBe('Unhandled');
    expect(await service.lambda.killInvocation('no such request')).toBe(false);
  });

  it('hand over every line before the outcome of the invocation that wrote it', async () => {
    await invoke({ do: 'log', lines: ['one', 'two', 'grüße'] });
    const start = service.lines.indexOf('one');
    expect(service.lines.slice(start, start + 3)).toEqual(['one', 'two', 'grüße']);
    await service.lambda.killWorkers('plain');
    expect(service.lines).toContain('without a line break');
  });
});

describe('asynchronous invocations', () => {
  it('are accepted at once and repeated twice after an error', async () => {
    const failures = () => service.lines.filter((line) => line.includes('thrown on request')).length;
    const before = failures();
    const answer = await invoke({ do: 'throw' }, { InvocationType: 'Event' });
    expect(answer.StatusCode).toBe(202);
    expect(answer.Payload?.length ?? 0).toBe(0);
    await eventually(() => expect(service.lines.some((line) => line.includes('given up'))).toBe(true));
    // Three attempts, and the line that says that there is no fourth.
    expect(failures() - before).toBe(4);
  });
});

describe('invocations from within the process', () => {
  it('resolve with the result', async () => {
    expect(await service.lambda.invoke('plain:live', { do: 'echo', value: [1] })).toMatchObject({ value: [1] });
  });

  it("reject with the function's error", async () => {
    await expect(service.lambda.invoke('plain', { do: 'throw' })).rejects.toMatchObject({
      failure: { errorType: 'PlainError' },
    });
  });
});
