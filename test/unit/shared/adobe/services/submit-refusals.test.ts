import { describe, expect, it } from 'vitest';
import type { SubmitOutcome } from '#shared/adobe/services/submit.ts';
import { type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { now, path, useFakeFirefly } from './submission.ts';

const { submitFor } = useFakeFirefly();

const gateway = (code: string) => ({ error_code: code, message: 'From the edge gateway.' });
const service = (code: string) => ({ error_code: code, message: 'From Firefly.' });

describe('a refusal', () => {
  it.each<[string, ScriptedAnswer, SubmitOutcome['kind']]>([
    ['400 bad_request', { status: 400, body: service('bad_request') }, 'rejected'],
    ['401 of the gateway', { status: 401, body: gateway('401013') }, 'token_refused'],
    ['401 without a body', { status: 401 }, 'token_refused'],
    ['403 for a token that the gateway does not take', { status: 403, body: gateway('403020') }, 'token_refused'],
    ['403 for the API key', { status: 403, body: gateway('403003') }, 'access_refused'],
    ['403 for a scope', { status: 403, body: gateway('403011') }, 'access_refused'],
    ['403 without a body', { status: 403 }, 'access_refused'],
    ['403 for what the request says', { status: 403, body: service('prompt_unsafe') }, 'rejected'],
    [
      '403 quota_exhausted',
      { status: 403, headers: { 'x-access-error': 'quota_exhausted' }, body: service('access_error') },
      'quota_exhausted',
    ],
    ['403 quota_exhausted as the code', { status: 403, body: service('quota_exhausted') }, 'quota_exhausted'],
    [
      '403 for a user without the right',
      { status: 403, headers: { 'x-access-error': 'user_non_entitled' }, body: service('access_error') },
      'access_refused',
    ],
    ['403 of a firewall', { status: 403, headers: { 'content-type': 'text/html' }, body: 'Blocked' }, 'intercepted'],
    ['404 of a proxy', { status: 404, body: '<html>no such site</html>' }, 'intercepted'],
    ['405 of a proxy', { status: 405, body: '<html>no</html>' }, 'intercepted'],
    ['503 of a proxy, which may have passed it on', { status: 503, body: '<html>timed out</html>' }, 'unknown'],
    ['404', { status: 404, body: service('unknown_job_id') }, 'rejected'],
    ['408', { status: 408, body: service('timeout_error') }, 'try_again'],
    ['409', { status: 409 }, 'rejected'],
    ['410', { status: 410 }, 'rejected'],
    ['499', { status: 499 }, 'rejected'],
    ['413 in HTML', { status: 413, headers: { 'content-type': 'text/html' }, body: '<html></html>' }, 'rejected'],
    ['415', { status: 415, body: service('invalid_content_type') }, 'rejected'],
    ['422', { status: 422, body: service('validation_error') }, 'rejected'],
    ['451', { status: 451, body: service('prompt_unsafe') }, 'rejected'],
    ['500 with a code of Adobe', { status: 500, body: service('runtime_error') }, 'try_again'],
    ['500 from something in between', { status: 500, body: '<html>oops</html>' }, 'unknown'],
    ['501', { status: 501 }, 'rejected'],
    ['502', { status: 502, body: service('bad_gateway') }, 'unknown'],
    ['503', { status: 503, body: gateway('503000') }, 'try_again'],
    ['503 without a body', { status: 503 }, 'try_again'],
    ['504', { status: 504 }, 'unknown'],
  ])('%s', async (_, answer, kind) => {
    expect((await submitFor(answer)).kind).toBe(kind);
  });

  it('keeps the code and the message of Adobe', async () => {
    expect(await submitFor({ status: 400, body: service('bad_request') })).toEqual({
      kind: 'rejected',
      error: { code: 'bad_request', message: 'From Firefly.', status: 400, isAdobes: true, isHtml: false },
      ofContent: false,
    });
  });

  it.each(
    ['prompt_unsafe', 'input_media_unsafe', 'output_media_unsafe', 'language_not_supported'].flatMap((code) =>
      [400, 403, 422, 451].map((status) => [status, code] as const),
    ),
  )('%i %s is about the content, in words of its own', async (status, code) => {
    const outcome = await submitFor({ status, body: service(code) });
    expect(outcome).toMatchObject({ kind: 'rejected', ofContent: true, error: { code, status } });
    expect(outcome).toMatchObject({ error: { message: expect.stringMatching(/^Adobe.+ \(From Firefly\.\)$/) } });
  });

  it('names the wrong fields, at most twenty of them, each cut', async () => {
    const wrong = { loc: ['body', 'x'.repeat(5_000)], msg: 'https://h/a?sig=1 is no image', type: 'value_error' };
    const body = { ...service('bad_request'), validation_errors: Array(100).fill(wrong) };
    const outcome = await submitFor({ status: 400, body });
    const { validationErrors = [] } = outcome.kind === 'rejected' ? outcome.error : {};
    expect(validationErrors).toHaveLength(20);
    expect(validationErrors[0]).toEqual({
      loc: ['body', 'x'.repeat(200)],
      msg: 'https://h/a?… is no image',
      type: 'value_error',
    });
  });

  it('has an end, however much a broken Adobe says', async () => {
    const code = await submitFor({ status: 400, body: { error_code: 'c'.repeat(500_000), message: 'x' } });
    expect(code).toMatchObject({ kind: 'rejected', error: { code: 'c'.repeat(100) } });
    const body = await submitFor({ status: 400, body: { error_code: 'c', message: 'x'.repeat(3_000_000) } });
    expect(body).toMatchObject({ kind: 'rejected', error: { code: 'http_400' } });
    const statusUrl = `https://firefly-x.adobe.io/v3/status/${'1'.repeat(20_000)}`;
    expect(await submitFor({ status: 202, body: { statusUrl } })).toMatchObject({ kind: 'unknown', status: 202 });
  });

  it.each([
    ['42', 42_000],
    [new Date(now + 90_000).toUTCString(), 90_000],
    ['whenever', undefined],
  ])('429 with Retry-After: %s', async (retryAfter, retryAfterMs) => {
    const answer = { status: 429, headers: { 'retry-after': retryAfter }, body: service('rate_limited') };
    expect(await submitFor(answer)).toMatchObject({ kind: 'rate_limited', retryAfterMs });
  });

  it('429 without Retry-After', async () => {
    expect(await submitFor({ status: 429 })).toMatchObject({ kind: 'rate_limited', retryAfterMs: undefined });
  });

  it('is never followed to another place, where the token would go along', async () => {
    const elsewhere = await startFakeAdobe();
    const answer = { status: 307, headers: { location: `${elsewhere.url}${path}` } };
    expect((await submitFor(answer)).kind).toBe('unknown');
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });
});
