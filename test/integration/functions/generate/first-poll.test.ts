import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import type { ScriptedAnswer } from '#test/fixtures/fake-adobe.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { type Rig, running, type Servers, startServers, statusPath, success } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

describe.concurrent('the first poll', () => {
  const learns = {
    pollingPolicyFor: () => ({
      firstPollSeconds: 4,
      pollCeilingSeconds: 10,
      timeoutSeconds: 900,
      learnsFirstPoll: true,
    }),
  };
  /** Follows a job that Adobe took so long ago when it is first asked for, and reads when it was first to be asked for. */
  const follow = async (rig: Rig, agoMs: number, ...answers: ScriptedAnswer[]) => {
    const [first = success(), ...others] = [...answers, success()];
    rig.adobe.script('GET', statusPath, first, ...others);
    const job = await rig.accepted({ acceptedAt: new Date(Date.now() - agoMs).toISOString() });
    const { recorded } = await runDurably<TurnEnd>((durable) => runJob(durable, job, rig.context));
    return JSON.parse(recorded.split('\n')[0] ?? '').result.delays;
  };

  it('comes later after jobs that were not done by it, sooner after others, and never far off at once', async () => {
    const rig = await servers.rig(learns);
    expect(await follow(rig, 20_000, running)).toEqual({ firstPollSeconds: 4, secondPollSeconds: 6 });
    expect(await follow(rig, 20_000, running)).toEqual({ firstPollSeconds: 5, secondPollSeconds: 1 });
    for (let jobs = 0; jobs < 6; jobs += 1) await follow(rig, 20_000, running);
    expect((await follow(rig, 20_000)).firstPollSeconds).toBeGreaterThanOrEqual(15);
    for (let jobs = 0; jobs < 12; jobs += 1) await follow(rig, 15_000);
    expect((await follow(rig, 15_000)).firstPollSeconds).toBeLessThan(15);
  });

  it('stays where a deployment puts it', async () => {
    const rig = await servers.rig({
      pollingPolicyFor: () => ({ ...learns.pollingPolicyFor(), learnsFirstPoll: false }),
    });
    await follow(rig, 20_000, running);
    expect(await follow(rig, 20_000)).toEqual({ firstPollSeconds: 4, secondPollSeconds: 6 });
  });

  it('is read once for the jobs that a process submits within some seconds, whatever these teach', async () => {
    const rig = await servers.rig(learns);
    let reads = 0;
    rig.dynamoDb.middlewareStack.add(
      (next) => async (args) => {
        const input = JSON.stringify(args.input);
        if (input.includes('pace#') && !input.includes('UpdateExpression')) reads += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    expect((await follow(rig, 20_000, running)).firstPollSeconds).toBe(4);
    expect((await follow(rig, 20_000, running)).firstPollSeconds).toBe(5);
    expect(reads).toBe(1);
  });

  it('fails no job for a figure that cannot be read or written', async () => {
    const rig = await servers.rig(learns);
    rig.adobe.script('GET', statusPath, success());
    const job = await rig.accepted();
    rig.dynamoDb.middlewareStack.add(
      (next) => async (args) => {
        if (JSON.stringify(args.input).includes('pace#')) throw new Error('out of reach');
        return next(args);
      },
      { step: 'initialize' },
    );
    const { end } = await runDurably<TurnEnd>((durable) => runJob(durable, job, rig.context));
    expect(end.state).toBe('failed');
    expect(rig.lines.filter(({ message }) => /how long/i.test(message))).toHaveLength(2);
  });
});
