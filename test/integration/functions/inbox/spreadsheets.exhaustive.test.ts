import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchIdOfRetry, createBatch } from '#shared/batches/batch-store.ts';
import { sheetXml, xlsx } from '#test/fixtures/xlsx.ts';
import { type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
let rig: Rig;
beforeAll(async () => {
  servers = await startServers();
  rig = await servers.rig();
});
afterAll(() => servers.close());

/** Runs a file whose requests all succeed; returns its batch and its reports. */
const run = async (name: string, content: string | Buffer) => {
  const batchId = await rig.drop(name, content);
  expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
  const { lines = 0 } = await rig.batch(batchId);
  const rejected = new Set<number>();
  for (let line = 1; line <= lines; line += 1) {
    await rig.end(batchId, line).catch(() => rejected.add(line));
  }
  expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
  const csv = parse(await rig.csv(batchId), { bom: true, columns: true }) as Record<string, string>[];
  return { batch: await rig.batch(batchId), report: await rig.report(batchId), csv };
};

describe('a spreadsheet saved as CSV', () => {
  it('has the columns that no operation knows in its reports, and not in its requests', async () => {
    const file =
      'SKU;Prompt;ID;State;Notes\r\nA-1;"a red kite; at sea";1;NRW;"call Bob\n=1+1"\r\n;;;;\r\n=A2;too;2;Bayern;x;much\r\n';
    const { batch, report, csv } = await run('kites.csv', file);
    expect(batch).toMatchObject({ lines: 2, jobs: 1, rejected: 1, columns: ['SKU', 'State', 'Notes'] });
    expect(batch.warnings).toEqual([expect.stringContaining('SKU, State, Notes')]);
    expect((await rig.job(batch.batchId, 1)).request).toBe('{"prompt":"a red kite; at sea"}');
    expect(report).toMatchObject([
      { line: 1, row: 2, id: '1', columns: { SKU: 'A-1', State: 'NRW', Notes: 'call Bob\n=1+1' } },
      { line: 2, row: 4, id: '2', state: 'rejected', columns: { SKU: '=A2', State: 'Bayern', Notes: 'x' } },
    ]);
    expect(csv).toMatchObject([
      { line: '1', state: 'succeeded', SKU: 'A-1', Notes: 'call Bob\n=1+1' },
      { line: '2', state: 'rejected', SKU: "'=A2", Notes: 'x' },
    ]);
    const raw = await rig.csv(batch.batchId);
    expect(raw).toContain('"call Bob\n=1+1"');
  });

  it('names a column of the caller that is called like one of the report apart', async () => {
    const { csv } = await run('kites.csv', 'prompt,state,=cmd\nx,NRW,y\n');
    expect(csv).toMatchObject([{ state: 'succeeded', 'columns.state': 'NRW', "'=cmd": 'y' }]);
  });

  it('in Windows-1252 says so in its batch and in the rows that it matters to', async () => {
    const { batch, report, csv } = await run('cafe.csv', Buffer.from('prompt\nplain\ncaf\xe9\n', 'latin1'));
    expect(batch.warnings).toEqual([expect.stringContaining('Windows-1252')]);
    expect((await rig.job(batch.batchId, 2)).request).toBe('{"prompt":"café"}');
    expect(report.map((line) => 'warnings' in line)).toEqual([false, true]);
    expect(csv.map(({ warnings }) => warnings)).toEqual(['', expect.stringContaining('Windows-1252')]);
  });

  it('may have far more empty rows than a file may have requests', async () => {
    const rows = 100_001;
    const { batch } = await run('phantoms.csv', `prompt,id\r\na,1\r\n${',\r\n'.repeat(rows)}b,2\r\n`);
    expect(batch).toMatchObject({ lines: 2, jobs: 2, rejected: 0 });
    expect(await rig.job(batch.batchId, 2)).toMatchObject({ lineId: '2', row: rows + 3 });
  });

  it('keeps what stood beside a row when it is tried again', async () => {
    const batchId = await rig.drop('kites.csv', 'sku,prompt\nA-1,a kite\n');
    await rig.dispatch();
    await rig.end(batchId, 1, { to: 'failed', error: { code: 'internal_error', message: 'Adobe failed.' } });
    await rig.dispatch();
    const { caller, priority, retentionSeconds } = await rig.batch(batchId);
    const retry = { batchId: batchIdOfRetry(batchId), caller, priority, retryOf: batchId, retentionSeconds };
    await createBatch(rig.context.table, retry, rig.clock.now());
    await rig.dispatch();
    await rig.end(retry.batchId, 1);
    await rig.dispatch();
    expect(await rig.report(retry.batchId)).toMatchObject([{ line: 1, row: 2, columns: { sku: 'A-1' } }]);
  });

  it('that a cancellation meets before it is read keeps them as well', async () => {
    const { requestBatchCancel } = await import('#shared/batches/batch-progress.ts');
    const batchId = await rig.drop('kites.csv', 'sku,prompt\nA-1,a kite\n');
    await requestBatchCancel(rig.context.table, await rig.batch(batchId));
    await rig.dispatch();
    expect(await rig.report(batchId)).toMatchObject([{ state: 'cancelled', row: 2, columns: { sku: 'A-1' } }]);
  });
});

describe('an .xlsx file', () => {
  it('becomes jobs, with what stands beside them in the report', async () => {
    const rows = [['SKU', 'Prompt', 'Size.Width', 'Size.Height'], [], ['A-1', 'a red kite', 1152, 896], ['A-2', '']];
    const { batch, report } = await run('kites.XLSX', xlsx({ sheets: { Kites: sheetXml(rows) } }));
    expect(batch).toMatchObject({ lines: 2, jobs: 1, rejected: 1, columns: ['SKU'] });
    expect(JSON.parse((await rig.job(batch.batchId, 1)).request)).toEqual({
      prompt: 'a red kite',
      size: { width: 1152, height: 896 },
    });
    expect(report).toMatchObject([
      { row: 3, state: 'succeeded', columns: { SKU: 'A-1' } },
      { row: 4, state: 'rejected', error: { code: 'validation_error' }, columns: { SKU: 'A-2' } },
    ]);
  });

  it('that is none, or too large, is refused with a reason', async () => {
    for (const [content, code] of [
      ['prompt\na secret cat\n', 'unreadable_file'],
      [xlsx({ sheets: { a: { content: sheetXml([['prompt']]), claimedBytes: 2_000_000 } } }), 'file_too_large'],
    ] as const) {
      const batchId = await rig.drop('kites.xlsx', content);
      expect(await rig.dispatch()).toEqual([{ state: 'refused' }]);
      expect(await rig.batch(batchId)).toMatchObject({ error: { code } });
    }
  });
});
