import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueueLines } from '#functions/inbox/read/enqueue-lines.ts';
import type { CallerPolicy } from '#shared/caller-policy.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';
import { parseWordList } from '#shared/callers/word-list.ts';
import { jsonLine, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const under = (policy: CallerPolicy) =>
  servers.rig({ readPolicy: async () => policy, readDeniedWords: async () => parseWordList('acme') });

describe('the lines of a batch under a policy', () => {
  it('are rejected one by one, in the words of the API', async () => {
    const rig = await under({ maxVariations: 1, modelVersions: ['image3'], deniedWords: 'policies/words.txt' });
    const lines = [
      jsonLine('a cat'),
      jsonLine('a cat', { body: { prompt: 'a cat', numVariations: 2 } }),
      jsonLine('a cat', { modelVersion: 'image4_ultra' }),
      jsonLine('a poster of ACME'),
    ];
    const batchId = await rig.drop('requests.jsonl', lines.join('\n'));
    await rig.dispatch();
    await rig.end(batchId, 1);
    await rig.dispatch();
    const report = await rig.report(batchId);
    expect(report.map(({ state, error }) => [state, error?.code])).toEqual([
      ['succeeded', undefined],
      ['rejected', 'policy_refused'],
      ['rejected', 'policy_refused'],
      ['rejected', 'denied_word'],
    ]);
    expect(report[1]?.error?.message).toBe('Your policy allows at most 1 outputs in one request (rule maxVariations).');
    expect(report[3]?.error?.message).not.toMatch(/acme/i);
  });

  it('get the best priority that it allows, with a warning', async () => {
    const rig = await under({ maxPriority: 'normal' });
    const batchId = await rig.drop('requests.jsonl', [jsonLine('a', { priority: 'high' }), jsonLine('b')].join('\n'));
    await rig.dispatch();
    expect(await rig.job(batchId, 1)).toMatchObject({
      priority: 'normal',
      warnings: ['The priority high became normal, the best that your policy allows (rule maxPriority).'],
    });
    expect(await rig.job(batchId, 2)).toMatchObject({ priority: 'low', warnings: [] });
  });

  it('are as many as requestsPerDay allows, the first ones', async () => {
    const rig = await under({ requestsPerDay: 5 });
    const content = Array.from({ length: 12 }, (_, line) => jsonLine(`cat ${line}`)).join('\n');
    const first = await rig.drop('requests.jsonl', content);
    await rig.dispatch();
    expect(await rig.batch(first)).toMatchObject({ jobs: 5, rejected: 7 });
    expect(await rig.job(first, 5)).toMatchObject({ state: 'queued' });
    const second = await rig.drop('more.jsonl', content);
    await rig.dispatch();
    expect(await rig.batch(second)).toMatchObject({ jobs: 0, rejected: 12 });
  });

  it('are a job or rejected when they are read again after a crash, never both', async () => {
    const rule: CallerPolicy = { requestsPerDay: 2 };
    const rig = await under(rule);
    const batchId = await rig.drop('requests.jsonl', 'unused');
    const batch = await rig.batch(batchId);
    const lines = Array.from({ length: 6 }, (_, index) => ({
      kind: 'request' as const,
      line: index + 1,
      json: jsonLine(`cat ${index}`),
    }));
    const lease = { leaseEndsAt: Number.POSITIVE_INFINITY, begunAt: rig.clock.now() };
    const before = await enqueueLines(rig.context, batch, lines, { ...lease, isRepeated: false });
    expect(before).toMatchObject({ jobs: 2, rejected: 4 });
    rule.requestsPerDay = 100;
    expect(await enqueueLines(rig.context, batch, lines, { ...lease, isRepeated: true })).toMatchObject({
      jobs: 2,
      rejected: 4,
    });
  });

  it('wait for a list that cannot be read', async () => {
    let isReadable = false;
    const rig = await servers.rig({
      readPolicy: async () => ({ deniedWords: 'policies/words.txt' }),
      readDeniedWords: async () => {
        if (isReadable) return () => false;
        throw new PolicyRefusal('deniedWords', 'unreadable', { code: 'policy_unreadable', status: 503 });
      },
    });
    const batchId = await rig.drop('requests.jsonl', 'unused');
    const batch = await rig.batch(batchId);
    const lines = [{ kind: 'request' as const, line: 1, json: jsonLine('a cat') }];
    const read = () =>
      enqueueLines(rig.context, batch, lines, {
        leaseEndsAt: Number.POSITIVE_INFINITY,
        isRepeated: true,
        begunAt: rig.clock.now(),
      });
    await expect(read()).rejects.toThrow('unreadable');
    isReadable = true;
    expect(await read()).toMatchObject({ jobs: 1, rejected: 0 });
  });
});
