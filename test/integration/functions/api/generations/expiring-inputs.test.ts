import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseByOperator } from '#shared/jobs/lanes/pauses.ts';
import { presignedUrl, signature } from '#test/fixtures/presigned-url.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const similar = (url: string, headers: Record<string, string> = {}) =>
  api.call({
    method: 'POST',
    path: '/v3/images/generate-similar-async',
    headers,
    body: { image: { source: { url } } },
  });

describe('a presigned input', () => {
  it('that has expired is refused with its field and its time, and nothing is stored', async () => {
    const items = await api.countItems();
    const answer = await similar(presignedUrl(Date.parse('2020-05-04T03:02:01Z')));
    expect(answer).toMatchObject({
      statusCode: 422,
      json: {
        error_code: 'validation_error',
        validation_errors: [
          {
            loc: ['body', 'image', 'source', 'url'],
            msg: 'the URL expired at 2020-05-04T03:02:01Z (X-Amz-Expires)',
            type: 'value_error.input.expired',
          },
        ],
      },
    });
    expect(await api.countItems()).toBe(items);
    expect(JSON.stringify([answer.json, api.recorded.logs])).not.toContain(signature);
  });

  it('that has expired a moment ago, by a clock that may be wrong, is taken with a warning', async () => {
    const answer = await similar(presignedUrl(api.clock.now() - 30_000));
    expect(answer).toMatchObject({ statusCode: 202, json: { warnings: [expect.stringContaining('expires at')] } });
  });

  it('that lives until its turn is taken without a word', async () => {
    expect((await similar(presignedUrl(api.clock.now() + 3_000_000))).json['warnings']).toBeUndefined();
  });

  it('that dies before its turn is taken with a warning, in the answer and in the record', async () => {
    for (let job = 0; job < 12; job += 1) await api.submit();
    const expiresAt = api.clock.now() + 90_000;
    const answer = await similar(presignedUrl(expiresAt));
    const iso = `${new Date(expiresAt).toISOString().slice(0, 19)}Z`;
    const warning = expect.stringMatching(
      new RegExp(
        `^body\\.image\\.source\\.url: the URL expires at ${iso} \\(X-Amz-Expires\\), before the estimated start of the job at \\d{4}-.*Z\\. .*POST /uploads`,
      ),
    );
    expect(answer).toMatchObject({ statusCode: 202, json: { warnings: [warning] } });
    const record = await api.call({ path: `/jobs/${String(answer.json['jobId'])}` });
    expect(record.json['warnings']).toEqual(answer.json['warnings']);
  });

  it('leads a repeated request to its job, even when it has expired by then', async () => {
    const url = presignedUrl(api.clock.now() + 3_500_000);
    const first = await similar(url, { 'idempotency-key': 'again' });
    api.clock.advance(7_200_000);
    const second = await similar(url, { 'idempotency-key': 'again' });
    expect(second).toMatchObject({ statusCode: 202, json: { jobId: first.json['jobId'] } });
  });

  it('is warned of while an operator pauses the queue', async () => {
    await pauseByOperator(api.table, { by: 'operator' });
    const answer = await similar(presignedUrl(api.clock.now() + 3_000_000));
    expect(answer.json['warnings']).toEqual([expect.stringContaining('an operator pauses the queue')]);
  });
});
