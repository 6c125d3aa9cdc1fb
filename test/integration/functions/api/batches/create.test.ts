import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { sheetXml, xlsx } from '#test/fixtures/xlsx.ts';
import { startApi, type TestApi } from '../fixture.ts';
import type { TestRequest } from '../http-event.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const line = '{"body":{"prompt":"a cat"}}';

const post = (body: unknown, headers: Record<string, string> = {}, options: Partial<TestRequest> = {}) =>
  api.call({ method: 'POST', path: '/batches', body, headers, ...options });

const postLines = (headers: Record<string, string> = {}, options: Partial<TestRequest> = {}) =>
  post(line, { 'content-type': 'application/x-ndjson', ...headers }, options);

const put = (key: string, content = line) => api.recorded.objects.set(key, Buffer.from(content));

describe('POST /batches with requests', () => {
  it.each([
    ['application/x-ndjson', 'jsonl'],
    ['application/jsonl; charset=utf-8', 'jsonl'],
    ['Text/CSV;charset="UTF-8"', 'csv'],
    ['application/json', 'json'],
  ])('keeps a body of %s as it is, and answers where to follow it', async (contentType, extension) => {
    const dispatches = api.recorded.dispatches;
    const body = extension === 'csv' ? 'prompt\r\nzoë\r\n' : '{"body":{"prompt":"zoë"}}';
    const { statusCode, headers, json } = await post(body, { 'content-type': contentType });
    expect(statusCode).toBe(202);
    const batchId = String(json['batchId']);
    const self = `https://gateway.test/batches/${batchId}`;
    expect(headers['location']).toBe(self);
    expect(json).toMatchObject({
      status: 'reading',
      priority: 'low',
      source: { bucket: 'outputs-bucket', key: `batches/${batchId}/input.${extension}`, versionId: 'v1' },
      counts: { unfinished: 0, succeeded: 0, rejected: 0 },
      links: { self, jobs: `${self}/jobs`, reports: { csv: `${self}/report.csv` } },
    });
    expect(String(api.recorded.objects.get(`outputs-bucket/batches/${batchId}/input.${extension}`))).toBe(body);
    expect(api.recorded.dispatches).toBe(dispatches + 1);
    expect(await getBatch(api.table, batchId)).toMatchObject({ caller: 'alice', priority: 'low', state: 'reading' });
  });

  it('keeps how outputs are to be called, which is a part of the request', async () => {
    const headers = { 'x-output-name': '{id}-%C3%B6', 'idempotency-key': 'named' };
    const { json } = await postLines(headers);
    expect(await getBatch(api.table, String(json['batchId']))).toMatchObject({ outputName: '{id}-ö' });
    expect((await postLines(headers)).json['batchId']).toBe(json['batchId']);
    const other = await postLines({ ...headers, 'x-output-name': '{line}' });
    expect(other).toMatchObject({ statusCode: 422, json: { error_code: 'idempotency_key_reused' } });
    expect(await postLines({ 'x-output-name': '%' })).toMatchObject({ statusCode: 400 });
    put('outputs-bucket/inbox/alice/named.jsonl');
    const source = { source: 's3://outputs-bucket/inbox/alice/named.jsonl', outputName: '{line}' };
    const fromFile = await post(source);
    expect(await getBatch(api.table, String(fromFile.json['batchId']))).toMatchObject({ outputName: '{line}' });
  });

  it('takes bytes that API Gateway has encoded, with a byte order mark too', async () => {
    const body = Buffer.from('\ufeff{"requests":[]}');
    const { statusCode, json } = await post(body.toString('base64'), {}, { isBase64Encoded: true });
    expect(statusCode).toBe(202);
    expect(api.recorded.objects.get(`outputs-bucket/batches/${json['batchId']}/input.json`)).toEqual(body);
  });

  it('takes a spreadsheet', async () => {
    const body = xlsx({ sheets: { requests: sheetXml([['prompt'], ['zoë']]) } });
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const { statusCode, json } = await post(
      body.toString('base64'),
      { 'content-type': type },
      { isBase64Encoded: true },
    );
    expect(statusCode).toBe(202);
    expect(api.recorded.objects.get(`outputs-bucket/batches/${json['batchId']}/input.xlsx`)).toEqual(body);
  });

  it('takes the priority of a header', async () => {
    expect((await postLines({ 'x-priority': 'high' })).json['priority']).toBe('high');
    expect(await postLines({ 'x-priority': 'urgent' })).toMatchObject({
      statusCode: 400,
      json: { validation_errors: [{ loc: ['header', 'x-priority'] }] },
    });
  });

  it.each([
    ['a text', 'text/plain', line, {}, 415, 'invalid_content_type'],
    ['another character set', 'text/csv; charset=iso-8859-1', 'prompt\nx', {}, 415, 'invalid_content_type'],
    ['compressed', 'text/csv', 'prompt\nx', { 'content-encoding': 'gzip' }, 415, 'invalid_content_type'],
    ['more than 4 MB', 'text/csv', 'x'.repeat(4 * 1024 * 1024 + 1), {}, 413, 'request_too_large'],
    ['empty', 'text/csv', '', {}, 400, 'empty_input_body'],
    ['no JSON', 'application/json', '{"requests":[secret', {}, 400, 'bad_request'],
    ['a list', 'application/json', '["secret"]', {}, 422, 'validation_error'],
    ['a number', 'application/json', '7', {}, 422, 'validation_error'],
  ])('refuses what is %s, without quoting it', async (_, contentType, body, headers, status, code) => {
    const before = await api.countItems();
    const answer = await post(body, { 'content-type': contentType, ...headers });
    expect(answer).toMatchObject({ statusCode: status, json: { error_code: code } });
    expect(answer.body).not.toContain('secret');
    expect(await api.countItems()).toBe(before);
  });

  it('refuses JSON that is not UTF-8', async () => {
    const body = Buffer.from('{"requests":["é"]}', 'latin1').toString('base64');
    expect(await post(body, {}, { isBase64Encoded: true })).toMatchObject({
      statusCode: 400,
      json: { error_code: 'bad_request' },
    });
  });

  it('is refused as long as the gateway has no token', async () => {
    const unready = await startApi({
      token: { read: async () => Promise.reject(new NotConfiguredError('access-token')) },
    });
    const headers = { 'content-type': 'application/x-ndjson' };
    expect((await unready.call({ method: 'POST', path: '/batches', body: line, headers })).statusCode).toBe(503);
    expect(unready.recorded.objects.size).toBe(0);
    await unready.close();
  });
});

describe('POST /batches with a source', () => {
  it.each([
    'outputs-bucket/inbox/alice/a b.jsonl',
    `outputs-bucket/${uploadsFolder('alice')}file.csv`,
    'shared-bucket/any/where.json.gz',
  ])('takes %s, once', async (address) => {
    put(address);
    const { statusCode, json } = await post({ source: `s3://${address}`, priority: 'normal' });
    expect(statusCode).toBe(202);
    const [bucket, ...key] = address.split('/');
    expect(json).toMatchObject({ source: { bucket, key: key.join('/'), versionId: 'v1' }, priority: 'normal' });
    expect((await post({ source: `s3://${address}` })).json['batchId']).toBe(json['batchId']);
  });

  it.each([
    'outputs-bucket/inbox/bob/file.jsonl',
    'outputs-bucket/inbox/file.jsonl',
    'outputs-bucket/inbox/alice-too/file.jsonl',
    'outputs-bucket/batches/0/input.jsonl',
    `outputs-bucket/${uploadsFolder('bob')}file.jsonl`,
    'other-bucket/inbox/alice/file.jsonl',
  ])('does not take %s, be it there or not', async (address) => {
    put(address);
    const answers = [await post({ source: `s3://${address}` }), await post({ source: `s3://${address}.gone` })];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        statusCode: 403,
        json: { error_code: 'source_not_allowed', validation_errors: [{ loc: ['body', 'source'] }] },
      });
    }
  });

  it.each([
    [{ source: 's3://outputs-bucket/inbox/alice/gone.jsonl' }, [['body', 'source']]],
    [{ source: 'https://example.com/file.jsonl' }, [['body', 'source']]],
    [{ source: 's3://outputs-bucket' }, [['body', 'source']]],
    [{ source: '' }, [['body', 'source']]],
    [{ source: 7 }, [['body', 'source']]],
    [{ source: 's3://a/b', priority: 'urgent' }, [['body', 'priority']]],
    [
      { source: 's3://a/b', requests: [], defaults: {} },
      [
        ['body', 'requests'],
        ['body', 'defaults'],
      ],
    ],
  ])('names what is wrong in %j', async (body, fields) => {
    expect(await post(body)).toMatchObject({
      statusCode: 422,
      json: { error_code: 'validation_error', validation_errors: fields.map((loc) => ({ loc })) },
    });
  });

  it('is not looked for in a request', async () => {
    const source = { url: 's3://outputs-bucket/inbox/bob/picture.png' };
    expect((await post({ operation: 'images/upscale', body: { image: { source } } })).statusCode).toBe(202);
  });
});

describe('a repeated POST /batches', () => {
  it('with the same key in quotes is the same batch', async () => {
    const bare = await postLines({ 'idempotency-key': 'spring-catalogue' });
    const quoted = await postLines({ 'idempotency-key': '"spring-catalogue"' });
    expect(quoted).toMatchObject({ statusCode: 202, json: { batchId: bare.json['batchId'] } });
  });

  it('with the same key is the same batch', async () => {
    const first = await postLines({ 'idempotency-key': 'monday' });
    const again = await postLines({ 'idempotency-key': 'monday' });
    expect([again.statusCode, again.json['batchId']]).toEqual([202, first.json['batchId']]);
    expect((await postLines()).json['batchId']).not.toBe(first.json['batchId']);
  });

  it('with the same key and anything else is refused, and does not touch the first', async () => {
    const { json } = await postLines({ 'idempotency-key': 'tuesday' });
    const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'tuesday' };
    for (const other of [
      await post(`${line}\n`, headers),
      await postLines({ ...headers, 'x-priority': 'high' }),
      await postLines({ ...headers, 'content-type': 'text/csv' }),
      await post({ source: 's3://outputs-bucket/inbox/alice/gone.jsonl' }, { 'idempotency-key': 'tuesday' }),
    ]) {
      expect(other).toMatchObject({
        statusCode: 422,
        json: { error_code: 'idempotency_key_reused', validation_errors: [{ loc: ['header', 'Idempotency-Key'] }] },
      });
    }
    expect(String(api.recorded.objects.get(`outputs-bucket/batches/${json['batchId']}/input.jsonl`))).toBe(line);
  });

  it('with the key of another caller is another batch', async () => {
    const { json } = await postLines({ 'idempotency-key': 'wednesday' });
    const other = await postLines({ 'idempotency-key': 'wednesday' }, { caller: 'bob' });
    expect(other.json['batchId']).not.toBe(json['batchId']);
  });

  it('is answered even if its file is gone by now', async () => {
    put('shared-bucket/passing.jsonl');
    const send = () => post({ source: 's3://shared-bucket/passing.jsonl' }, { 'idempotency-key': 'thursday' });
    const first = await send();
    api.recorded.objects.delete('shared-bucket/passing.jsonl');
    expect((await send()).json['batchId']).toBe(first.json['batchId']);
  });

  it('needs a key that is one', async () => {
    expect(await postLines({ 'idempotency-key': ' ' })).toMatchObject({
      statusCode: 400,
      json: { validation_errors: [{ loc: ['header', 'Idempotency-Key'] }] },
    });
  });
});
