import { GetDurableExecutionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { type ReportServer, startReportServer } from './report-server.ts';
import { functionOf, type LambdaService, startService } from './service.ts';

let service: LambdaService;
let reports: ReportServer;
let finished: FinishedExecution[];
/** Effects in whose middle the sandbox is killed, once each. */
let kills: Set<string>;

beforeEach(async () => {
  finished = [];
  kills = new Set();
  reports = await startReportServer(async (effect) => {
    if (kills.delete(effect)) await service.lambda.killWorkers('reporting');
  });
  service = await startService(
    [
      functionOf('reporting-function.ts', {
        name: 'reporting',
        env: { REPORT_URL: reports.url },
        durable: { executionTimeoutSeconds: 60 },
        maxConcurrency: 4,
      }),
    ],
    { onExecutionFinished: (execution) => finished.push(execution) },
  );
});

afterEach(async () => {
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

const finish = (count: number) => vi.waitFor(() => expect(finished).toHaveLength(count), { timeout: 25_000 });

const times = (effect: string) => reports.effects.filter((seen) => seen === effect).length;

const resultOf = (execution: FinishedExecution | undefined): unknown =>
  execution?.outcome.status === 'SUCCEEDED' ? JSON.parse(execution.outcome.result ?? 'null') : execution?.outcome;

describe('a durable execution', () => {
  it('is invoked again after each wait and repeats no finished step', async () => {
    const answer = await start('calm');
    expect(answer.StatusCode).toBe(202);
    expect(answer.DurableExecutionArn).toMatch(
      /^arn:aws:lambda:us-east-1:000000000000:function:reporting:live\/durable-execution\/calm\/[\w-]+$/,
    );
    await finish(1);
    expect(resultOf(finished[0])).toEqual({ submitted: 'calm/submit' });
    expect(reports.effects).toEqual(['calm/replayed', 'calm/first', 'calm/submit', 'calm/replayed', 'calm/last']);
  });

  it('resumes at the last finished step after a kill between steps', async () => {
    // The first call of each invocation is made before any step: killing the second one hits it between steps.
    await start('between');
    await vi.waitFor(() => expect(reports.effects).toContain('between/submit'));
    kills.add('between/replayed');
    await finish(1);
    expect(resultOf(finished[0])).toEqual({ submitted: 'between/submit' });
    expect(times('between/replayed')).toBe(3);
    expect(times('between/first')).toBe(1);
    expect(times('between/submit')).toBe(1);
    expect(times('between/last')).toBe(1);
  });

  it('runs an at-least-once step again after a kill in its middle', async () => {
    kills.add('again/first');
    await start('again');
    await finish(1);
    expect(times('again/first')).toBe(2);
    expect(resultOf(finished[0])).toEqual({ submitted: 'again/submit' });
  });

  it('never runs an at-most-once step again after a kill in its middle', async () => {
    kills.add('lost/submit');
    await start('lost');
    await finish(1);
    expect(times('lost/submit')).toBe(1);
    expect(resultOf(finished[0])).toEqual({ submitted: 'StepInterruptedError' });
  });

  it('ends exactly once, fifty at a time', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `job-${index}`);
    kills.add('job-7/first').add('job-11/last').add('job-23/replayed');
    await Promise.all(ids.map(start));
    await finish(50);
    expect(new Set(finished.map(({ name }) => name)).size).toBe(50);
    expect(finished.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
    for (const id of ids) expect(times(`${id}/submit`)).toBeLessThanOrEqual(1);
  });

  it('is over when its time is, whatever its function does', async () => {
    service.lambda.addFunction(
      functionOf('broken-function.ts', { name: 'broken', durable: { executionTimeoutSeconds: 1 } }),
    );
    const answer = await service.client.send(
      new InvokeCommand({ FunctionName: 'broken:live', InvocationType: 'Event', Payload: '{}' }),
    );
    await finish(1);
    expect(finished[0]?.status).toBe('TIMED_OUT');
    const execution = await service.client.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: answer.DurableExecutionArn }),
    );
    expect(execution.Status).toBe('TIMED_OUT');
    expect(execution.EndTimestamp?.getTime()).toBeGreaterThan(execution.StartTimestamp?.getTime() ?? 0);
  });
});
