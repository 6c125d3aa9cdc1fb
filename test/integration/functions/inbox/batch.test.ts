import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueueLines } from '#functions/inbox/read/enqueue-lines.ts';
import { createLane } from '#test/fixtures/queue.ts';
import { jsonLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const file = [
  jsonLine('a cat', { id: 'first' }),
  '',
  'no JSON',
  jsonLine('a dog', { priority: 'high' }),
  jsonLine('', { id: '=bad' }),
  '{"operation":"images/paint","body":{"prompt":"x"}}',
  jsonLine('a fox'),
].join('\r\n');

const readFile = async (content = file): Promise<{ rig: Rig; batchId: string }> => {
  const rig = await servers.rig();
  const batchId = await rig.drop('requests.jsonl', content);
  expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
  return { rig, batchId };
};

describe('a file in the inbox', () => {
  it('becomes jobs of its team, at low priority unless a line says otherwise', async () => {
    const { rig, batchId } = await readFile();
    expect(await rig.batch(batchId)).toMatchObject({ caller: 'team-a', lines: 6, jobs: 3, rejected: 3 });
    expect(await rig.job(batchId, 1)).toMatchObject({ caller: 'team-a', priority: 'low', lineId: 'first', line: 1 });
    expect(await rig.job(batchId, 3)).toMatchObject({ row: 4, priority: 'high', request: '{"prompt":"a dog"}' });
  });

  it('counts its jobs by the lane of each, those of lines that are read again as well', async () => {
    const rig = await servers.rig({ readPolicy: async () => ({ queuedJobs: 2 }) });
    const { table, lanes } = rig.context;
    const other = createLane(table, undefined, 'remove-background');
    Object.assign(rig.context, { lanes: new Map([...lanes, [other.name, other]]) });
    const image = { source: { url: 'https://bucket.s3.us-east-1.amazonaws.com/a.png' } };
    const cut = JSON.stringify({ operation: 'photoshop/remove-background', body: { image } });
    const batchId = await rig.drop('requests.jsonl', [cut, jsonLine('a cat'), cut, cut].join('\n'));
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 2, jobsInLanes: { firefly: 1, 'remove-background': 1 } });
    await rig.end(batchId, 1);
    rig.clock.advance(60_000);
    await rig.dispatch();
    await rig.end(batchId, 2);
    rig.clock.advance(60_000);
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 4, jobsInLanes: { firefly: 1, 'remove-background': 3 } });
    const read = { leaseEndsAt: Number.POSITIVE_INFINITY, isRepeated: true, begunAt: rig.clock.now() };
    const lines = [1, 2].map((line) => ({ kind: 'request' as const, line, json: cut }));
    expect(await enqueueLines(rig.context, await rig.batch(batchId), lines, read)).toMatchObject({
      jobs: 2,
      lanes: expect.arrayContaining(['remove-background', 'firefly']),
    });
  });

  it('ends with a report of every line, and an event', async () => {
    const { rig, batchId } = await readFile();
    await rig.end(batchId, 1);
    await rig.end(batchId, 3, { to: 'failed', error: { code: 'image_unsafe', message: 'Adobe says no.' } });
    expect(await rig.dispatch()).toEqual([]);
    await rig.end(batchId, 6, { to: 'timed_out', error: { code: 'job_timeout', message: 'Too slow.' } });
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect(await rig.batch(batchId)).toMatchObject({
      state: 'finished',
      counts: { succeeded: 1, failed: 1, cancelled: 0, timed_out: 1 },
    });
    expect(await rig.report(batchId)).toMatchObject([
      { line: 1, row: 1, id: 'first', state: 'succeeded', outputs: ['outputs/1.jpg'], seed: [7] },
      { line: 2, row: 3, state: 'rejected', error: { code: 'invalid_json' } },
      { line: 3, row: 4, state: 'failed', error: { code: 'image_unsafe', message: 'Adobe says no.' } },
      { line: 4, row: 5, id: '=bad', state: 'rejected', error: { code: 'validation_error' } },
      { line: 5, row: 6, state: 'rejected', error: { code: 'unknown_operation' } },
      { line: 6, row: 7, state: 'timed_out', error: { code: 'job_timeout' } },
    ]);
    const csv = await rig.csv(batchId);
    expect(csv.split('\r\n')[0]).toBe(
      '\ufeffline,id,jobId,state,outputs,links,seed,error,row,warnings,requested,received,errors,cost,labels,provenance,generator,signer',
    );
    const { jobId } = await rig.job(batchId, 1);
    const link = `https://gateway.test/jobs/${jobId}/outputs/0`;
    expect(csv).toContain(`1,first,${jobId},succeeded,outputs/1.jpg,${link},7,,1,,,,,1,,,,\r\n`);
    expect(csv).toContain("4,'=bad,,rejected");
    expect(rig.events.filter(({ type }) => type === 'Batch Ended')).toMatchObject([
      { detail: { batchId, caller: 'team-a', status: 'finished', lines: 6, counts: { succeeded: 1, rejected: 3 } } },
    ]);
    expect(await rig.dispatch()).toEqual([]);
  });

  it('counts jobs that succeeded in part, and its reports name each output that is missing', async () => {
    const { rig, batchId } = await readFile();
    const errors = [{ index: 1, code: 'output_malformed', message: 'It cannot be read.' }];
    await rig.end(batchId, 1, { to: 'partially_succeeded', outputs: [], errors });
    await rig.end(batchId, 3);
    await rig.end(batchId, 6);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    const counts = { succeeded: 2, partially_succeeded: 1, failed: 0 };
    expect(await rig.batch(batchId)).toMatchObject({ counts });
    expect((await rig.report(batchId))[0]).toMatchObject({
      state: 'partially_succeeded',
      errors,
      warnings: [expect.stringContaining('could not be read or stored')],
    });
    expect(await rig.csv(batchId)).toContain('output_malformed: It cannot be read.');
    expect(rig.events.filter(({ type }) => type === 'Batch Ended')).toMatchObject([{ detail: { counts } }]);
  });

  it('is answered with a receipt under its own name: nobody else knows where the report will be', async () => {
    const { rig, batchId } = await readFile();
    const { source } = await rig.batch(batchId);
    const receipt = await rig.object(`batches/receipts/${source?.key.slice('inbox/'.length)}.json`);
    expect(JSON.parse(receipt)).toEqual({
      batchId,
      source,
      reports: { jsonl: `batches/${batchId}/report.jsonl`, csv: `batches/${batchId}/report.csv` },
      url: `https://gateway.test/batches/${batchId}`,
    });
  });

  it('belongs to a role whose name has a slash, where its folder has %2F', async () => {
    const rig = await servers.rig();
    const batchId = await rig.drop('requests.jsonl', jsonLine('a cat'), '123456789012%2Fmarketing');
    expect(await rig.batch(batchId)).toMatchObject({ caller: '123456789012/marketing' });
  });

  it('is one batch, however often it is announced', async () => {
    const rig = await servers.rig();
    const batchId = await rig.drop('requests.jsonl', jsonLine('a cat'));
    const { source } = await rig.batch(batchId);
    const { registerFile } = await import('#functions/inbox/register-file.ts');
    if (source === undefined) throw new Error('The batch has no file.');
    expect(await registerFile(rig.context, { kind: 'file', source })).toBe(batchId);
    expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
    expect(await rig.dispatch()).toEqual([]);
  });

  it('is one batch in all versions of the same content, and another one with new content', async () => {
    const rig = await servers.rig();
    const { registerFile } = await import('#functions/inbox/register-file.ts');
    const drop = (versionId: string, etag: string) => {
      const source = { bucket: 'gateway', key: 'inbox/team-a/campaign.jsonl', etag, versionId };
      return registerFile(rig.context, { kind: 'file', source });
    };
    const first = await drop('v1', 'a');
    expect(await drop('v2', 'a')).toBe(first);
    expect(await drop('v3', 'b')).not.toBe(first);
    expect(await rig.batch(first ?? '')).toMatchObject({ source: { versionId: 'v1' } });
  });
});

describe('a file that cannot be taken', () => {
  it.each([
    ['of an unknown kind', 'requests.docx', 'x', 'team-a', 'unknown_format'],
    ['without requests', 'requests.jsonl', '', 'team-a', 'empty_file'],
    ['outside a team’s folder', 'requests.jsonl', jsonLine('a cat'), '', 'outside_team_folder'],
    ['with too many lines', 'requests.jsonl', '{}\n'.repeat(1_001), 'team-a', 'too_many_lines'],
    ['of nothing but blank lines', 'requests.jsonl', '\n'.repeat(1_001), 'team-a', 'empty_file'],
    ['with too many bytes', 'requests.jsonl', 'x'.repeat(1_000_001), 'team-a', 'file_too_large'],
    ['that is no gzip', 'requests.jsonl.gz', 'x', 'team-a', 'unreadable_file'],
  ])('%s is refused with a report', async (_, name, content, team, code) => {
    const rig = await servers.rig();
    const batchId = await rig.drop(name, content, team);
    expect(await rig.dispatch()).toEqual([{ state: 'refused' }]);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'refused', error: { code }, jobs: 0 });
    expect(await rig.report(batchId)).toEqual([
      { state: 'refused', outputs: [], links: [], seed: [], error: { code, message: expect.any(String) } },
    ]);
    expect(rig.events).toMatchObject([{ type: 'Batch Ended', detail: { status: 'refused', error: { code } } }]);
  });
});

describe('a cancelled batch', () => {
  it('ends what waits at once, and reports it', async () => {
    const { rig, batchId } = await readFile();
    const { requestBatchCancel } = await import('#shared/batches/batch-progress.ts');
    await rig.end(batchId, 1);
    await requestBatchCancel(rig.context.table, await rig.batch(batchId));
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect(await rig.batch(batchId)).toMatchObject({ counts: { succeeded: 1, cancelled: 2 } });
    expect((await rig.report(batchId)).filter(({ state }) => state === 'cancelled')).toHaveLength(2);
  });

  it('that was not read yet makes no jobs, and names every line', async () => {
    const rig = await servers.rig();
    const batchId = await rig.drop('requests.jsonl', file);
    const { requestBatchCancel } = await import('#shared/batches/batch-progress.ts');
    await requestBatchCancel(rig.context.table, await rig.batch(batchId));
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect((await rig.report(batchId)).map(({ line, id, state }) => [line, id, state])).toEqual([
      [1, 'first', 'cancelled'],
      [2, undefined, 'rejected'],
      [3, undefined, 'cancelled'],
      [4, '=bad', 'rejected'],
      [5, undefined, 'rejected'],
      [6, undefined, 'cancelled'],
    ]);
  });
});
