import { GetDurableExecutionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { type ReportServer, startReportServer } from './report-server.ts';
import { eventually, functionOf, type LambdaService, startService } from './service.ts';

let service: LambdaService;
let reports: ReportServer;
const finished = new Map<string, FinishedExecution>();
/** Effects in whose middle the sandbox is killed, once each. */
const kills = new Set<string>();

const killSandboxOf = async (effect: string) => {
  const id = effect.split('/')[0];
  const running = service.lambda
    .runningInvocations('reporting')
    .find(({ durableExecutionArn }) => durableExecutionArn?.includes(`/durable-execution/${id}/`));
  expect(await service.lambda.killInvocation(running?.requestId ?? '')).toBe(true);
};

beforeAll(async () => {
  reports = await startReportServer(async (effect) => {
    if (kills.delete(effect)) await killSandboxOf(effect);
    // The first call of an invocation is made before any step, so that killing a later one hits it between steps.
    if (effect === 'between/submit') kills.add('between/replayed');
  });
  service = await startService(
    [
      functionOf('reporting-function.ts', {
        name: 'reporting',
        env: { REPORT_URL: reports.url },
        durable: { executionTimeoutSeconds: 60 },
        maxConcurrency: 4,
      }),
      functionOf('broken-function.ts', { name: 'broken', durable: { executionTimeoutSeconds: 1 } }),
    ],
    { onExecutionFinished: (execution) => finished.set(execution.name, execution) },
  );
});

afterAll(async () => {
  await service.close();
  await reports.close();
});

const start = (id: string) =>
  service.client.send(
    new InvokeCommand({
      FunctionName: 'reporting',
      Qualifier: 'live',
      InvocationType: 'Event',
      DurableExecutionName: id,
      Payload: JSON.stringify({ id }),
    }),
  );

const finish = (id: string) =>
  eventually(() => {
    const execution = finished.get(id);
    if (!execution) throw new Error(`${id} has not finished yet`);
    return execution;
  });

const times = (effect: string) => reports.effects.filter((seen) => seen === effect).length;

const effectsOf = (id: string) => reports.effects.filter((effect) => effect.startsWith(`${id}/`));

const resultOf = ({ outcome }: FinishedExecution): unknown =>
  outcome.status === 'SUCCEEDED' ? JSON.parse(outcome.result ?? 'null') : outcome;

describe.concurrent('a durable execution', () => {
  it('is invoked again after each wait and repeats no finished step', async () => {
    const answer = await start('calm');
    expect(answer.StatusCode).toBe(202);
    expect(answer.DurableExecutionArn).toMatch(
      /^arn:aws:lambda:us-east-1:000000000000:function:reporting:live\/durable-execution\/calm\/[\w-]+$/,
    );
    const execution = await finish('calm');
    expect(resultOf(execution)).toEqual({ submitted: 'calm/submit' });
    expect(effectsOf('calm')).toEqual(['calm/replayed', 'calm/first', 'calm/submit', 'calm/replayed', 'calm/last']);
  });

  it('resumes at the last finished step after a kill between steps', async () => {
    await start('between');
    const execution = await finish('between');
    expect(resultOf(execution)).toEqual({ submitted: 'between/submit' });
    expect(times('between/replayed')).toBe(3);
    expect(times('between/first')).toBe(1);
    expect(times('between/submit')).toBe(1);
    expect(times('between/last')).toBe(1);
  });

  it('runs an at-least-once step again after a kill in its middle', async () => {
    kills.add('again/first');
    await start('again');
    const execution = await finish('again');
    expect(times('again/first')).toBe(2);
    expect(resultOf(execution)).toEqual({ submitted: 'again/submit' });
  });

  it('never runs an at-most-once step again after a kill in its middle', async () => {
    kills.add('lost/submit');
    await start('lost');
    const execution = await finish('lost');
    expect(times('lost/submit')).toBe(1);
    expect(resultOf(execution)).toEqual({ submitted: 'StepInterruptedError' });
  });

  it('ends exactly once, fifty at a time', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `job-${index}`);
    kills.add('job-7/first').add('job-11/last').add('job-23/replayed');
    await Promise.all(ids.map(start));
    const executions = await Promise.all(ids.map(finish));
    expect(executions.map(({ status }) => status)).toEqual(ids.map(() => 'SUCCEEDED'));
    for (const id of ids) expect(times(`${id}/submit`)).toBe(1);
    expect(times('job-7/first')).toBe(2);
    expect(times('job-11/last')).toBe(2);
  });

  it('is over when its time is, whatever its function does', async () => {
    const answer = await service.client.send(
      new InvokeCommand({
        FunctionName: 'broken:live',
        InvocationType: 'Event',
        DurableExecutionName: 'hopeless',
        Payload: '{}',
      }),
    );
    expect((await finish('hopeless')).status).toBe('TIMED_OUT');
    const execution = await service.client.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: answer.DurableExecutionArn }),
    );
    expect(execution.Status).toBe('TIMED_OUT');
    expect(execution.EndTimestamp?.getTime()).toBeGreaterThan(execution.StartTimestamp?.getTime() ?? 0);
  });
});
