import { gzipSync } from 'node:zlib';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxJsonBytes } from '#functions/inbox/read/formats/json.ts';
import { jsonLine, type ReportLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
let rig: Rig;
beforeAll(async () => {
  servers = await startServers();
  rig = await servers.rig();
});
afterAll(() => servers.close());

const drop = async (name: string, content: string | Buffer): Promise<string> => {
  const batchId = await rig.drop(name, content);
  expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
  return batchId;
};

/** The requests that the jobs of a batch hold. */
const requestsOf = async (batchId: string): Promise<unknown[]> => {
  const { lines = 0 } = await rig.batch(batchId);
  const all: unknown[] = [];
  for (let line = 1; line <= lines; line += 1) all.push(JSON.parse((await rig.job(batchId, line)).request));
  return all;
};

/** Ends every job of a batch and returns its report. */
const endAll = async (batchId: string, jobs: readonly number[]): Promise<ReportLine[]> => {
  for (const line of jobs) await rig.end(batchId, line);
  expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
  return rig.report(batchId);
};

const size = { width: 1152, height: 896 };

const csv =
  '\ufeffprompt,id,priority,size.width,size.height,seeds.0\r\n' +
  '"a ""red"" kite,\r\nover the sea",kite,high,1152,896,7\r\n' +
  '007,,,,,\r\n' +
  '\r\n' +
  ',few\r\n' +
  '"a "broken" quote",bad,,,,\r\n' +
  ',empty,,,,\r\n' +
  'a dog,dog,,wide,768,\r\n' +
  'a fox,fox,,,,\r\n';

describe('a CSV file', () => {
  it('becomes jobs with typed fields, and every row that cannot be one is in the report', async () => {
    const batchId = await drop('campaign.csv', csv);
    expect(await rig.batch(batchId)).toMatchObject({ lines: 7, jobs: 3, rejected: 4 });
    const kite = await rig.job(batchId, 1);
    expect(JSON.parse(kite.request)).toEqual({ prompt: 'a "red" kite,\r\nover the sea', size, seeds: [7] });
    expect(kite).toMatchObject({ lineId: 'kite', priority: 'high' });
    expect(JSON.parse((await rig.job(batchId, 2)).request)).toEqual({ prompt: '007' });
    expect(await endAll(batchId, [1, 2, 7])).toMatchObject([
      { line: 1, id: 'kite', state: 'succeeded', outputs: ['outputs/1.jpg'] },
      { line: 2, state: 'succeeded' },
      { line: 3, row: 5, id: 'few', state: 'rejected', error: { code: 'validation_error' } },
      { line: 4, state: 'rejected', error: { code: 'invalid_row' } },
      { line: 5, id: 'empty', state: 'rejected', error: { code: 'validation_error' } },
      { line: 6, id: 'dog', state: 'rejected', error: { message: expect.stringContaining('body.size.width: ') } },
      { line: 7, row: 9, id: 'fox', state: 'succeeded' },
    ]);
    // Neither prompts nor cells reach a log.
    expect(JSON.stringify(rig.lines)).not.toMatch(/kite|wide/);
  });
});

describe('a JSON file', () => {
  const defaults = { id: 'same', priority: 'high', body: { size, negativePrompt: 'dogs', seeds: [1] } };

  it('becomes jobs with its defaults under each request, wherever they stand', async () => {
    const own = { prompt: 'b', size: { width: 2048, height: 2048 }, seeds: [2, 3] };
    const requests = [
      { body: { prompt: 'a' } },
      'no request',
      { id: 'b', priority: 'normal', body: own },
      { body: { prompt: '' } },
    ];
    for (const file of [
      { defaults, requests },
      { requests, defaults },
    ]) {
      const batchId = await drop('campaign.json', JSON.stringify(file, null, 2));
      expect(await rig.batch(batchId)).toMatchObject({ lines: 4, jobs: 2, rejected: 2 });
      const [a, b] = [await rig.job(batchId, 1), await rig.job(batchId, 3)];
      expect(JSON.parse(a.request)).toEqual({ prompt: 'a', ...defaults.body });
      expect(a).toMatchObject({ lineId: 'same', priority: 'high' });
      expect(JSON.parse(b.request)).toEqual({ ...own, negativePrompt: 'dogs' });
      expect(b).toMatchObject({ lineId: 'b', priority: 'normal' });
      expect(await endAll(batchId, [1, 3])).toMatchObject([
        { line: 1, state: 'succeeded' },
        { line: 2, state: 'rejected', error: { code: 'invalid_json' } },
        { line: 3, state: 'succeeded' },
        { line: 4, id: 'same', state: 'rejected', error: { code: 'validation_error' } },
      ]);
    }
  });

  it('may be one request', async () => {
    const batchId = await drop('one.json', jsonLine('a cat', { id: 'only' }));
    expect(await rig.batch(batchId)).toMatchObject({ lines: 1, jobs: 1 });
    expect(await rig.job(batchId, 1)).toMatchObject({ lineId: 'only', request: '{"prompt":"a cat"}' });
  });
});

describe.each(['jsonl', 'csv', 'json'] as const)('a compressed file of %s', (format) => {
  const prompts = Array.from({ length: 40 }, (_, index) => `picture\n${index}`);
  const content = {
    jsonl: prompts.map((prompt) => `${jsonLine(prompt)}\n`).join(''),
    csv: stringify([['prompt'], ...prompts.map((prompt) => [prompt])], { record_delimiter: 'windows', quoted: true }),
    json: JSON.stringify({ requests: prompts.map((prompt) => ({ body: { prompt } })) }),
  }[format];

  it('is the same as a plain one, though it be of many gzip members', async () => {
    const half = Math.floor(content.length / 2);
    const members = [content.slice(0, half), content.slice(half)].map((part) => gzipSync(part));
    const batchId = await drop(`big.${format}.gz`, Buffer.concat(members));
    expect(await requestsOf(batchId)).toEqual(prompts.map((prompt) => ({ prompt })));
  });

  it.each([
    ['is cut off', (file: Buffer) => file.subarray(0, -20), 'unreadable_file'],
    ['is a bomb', () => gzipSync(' '.repeat(2_000_000)), 'file_too_large'],
  ])('that %s is refused, and makes no job', async (_, spoil, code) => {
    const batchId = await rig.drop(`bad.${format}.gz`, spoil(gzipSync(content)));
    expect(await rig.dispatch()).toEqual([{ state: 'refused' }]);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'refused', jobs: 0, error: { code } });
    await expect(
      rig.context.s3.send(new GetObjectCommand({ Bucket: rig.context.bucket, Key: `batches/${batchId}/lines.txt` })),
    ).rejects.toThrow(NoSuchKey);
  });
});

describe('a file', () => {
  it.each([
    ['a header that names nothing', 'x.csv', 'a secret cat\na dog\n', 'invalid_header'],
    ['columns that exclude each other', 'x.csv', 'prompt,size,size.width\nx,1,2\n', 'invalid_header'],
    ['no row below its header', 'x.csv', 'prompt\n', 'empty_file'],
    ['nothing in it', 'x.csv', '', 'empty_file'],
    ['JSON that breaks off', 'x.json', '{"requests":[{"body":{"prompt":"a secret cat"}},', 'unreadable_file'],
    ['a list', 'x.json', '["a secret cat"]', 'unreadable_file'],
    ['no requests', 'x.json', '{"requests":[]}', 'empty_file'],
    [
      'defaults that make far more of it than it is',
      'x.json',
      JSON.stringify({ defaults: { id: 'x'.repeat(90_000) }, requests: Array(100).fill({}) }),
      'file_too_large',
    ],
  ])('with %s is refused with a reason that says nothing of its content', async (_, name, content, code) => {
    const batchId = await rig.drop(name, content);
    expect(await rig.dispatch()).toEqual([{ state: 'refused' }]);
    expect(await rig.report(batchId)).toMatchObject([{ state: 'refused', error: { code } }]);
    expect((await rig.batch(batchId)).error?.message).not.toContain('secret');
  });

  it('of JSON may have 32 MB, unpacked, whatever else is allowed; the reason names the format for more', async () => {
    const large = await servers.rig({ maxBytes: 100_000_000 });
    const batchId = await large.drop('large.json.gz', gzipSync(Buffer.alloc(maxJsonBytes + 1, ' ')));
    expect(await large.dispatch()).toEqual([{ state: 'refused' }]);
    expect(await large.batch(batchId)).toMatchObject({
      error: {
        code: 'file_too_large',
        message: expect.stringContaining('32000000 bytes, unpacked. Send it as .jsonl'),
      },
    });
  });
});
