import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImsClient } from '#shared/adobe/auth/ims.ts';
import { ImsError, readImsRefusal } from '#shared/adobe/auth/ims-error.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

const clock = { now: () => 1_000_000 };
const request = { clientId: 'client', clientSecret: 's3cret&=+', scopes: 'openid,firefly_api' };

const path = '/ims/token/v3';

let adobe: FakeAdobe;
beforeAll(async () => {
  adobe = await startFakeAdobe();
});
afterAll(() => adobe.close());

const mintFrom = async (answer: ScriptedAnswer) => {
  adobe.script('POST', path, answer);
  const before = adobe.seen.length;
  // Short where no end comes, if long enough for the request to arrive; and for one that comes late beside other work long enough.
  const hasNoEnd = 'fault' in answer && (answer.fault === 'silence' || answer.fault === 'stall');
  const timeoutMs = hasNoEnd ? 1_000 : 60_000;
  const ims = createImsClient({ baseUrl: adobe.url, clock, timeoutMs });
  const outcome: unknown = await ims.mint(request).catch((error: unknown) => error);
  return { outcome, requests: adobe.seen.slice(before) };
};

describe('minting a token', () => {
  it('sends the client-credentials grant in the body', async () => {
    const { requests } = await mintFrom({ status: 200, body: { access_token: 'token', expires_in: 86_399 } });
    expect(requests).toMatchObject([{ method: 'POST', path }]);
    expect(requests[0]?.headers['content-type']).toContain('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 's3cret&=+',
      scope: 'openid,firefly_api',
    });
  });

  it.each([
    ['seconds', 86_399, 86_399_000],
    ['milliseconds', 86_399_999, 86_399_999],
    ['seconds in a string', '3600', 3_600_000],
  ])('understands a lifetime in %s', async (_, lifetime, lifetimeMs) => {
    const { outcome } = await mintFrom({ status: 200, body: { access_token: 'token', expires_in: lifetime } });
    expect(outcome).toEqual({ accessToken: 'token', expiresAt: clock.now() + lifetimeMs });
  });

  it.each<[ScriptedAnswer, Partial<ImsError>]>([
    [
      { status: 400, body: { error: 'invalid_client', error_description: 'invalid client_secret parameter' } },
      { kind: 'invalid_client', status: 400, description: 'invalid client_secret parameter' },
    ],
    [
      { status: 401, body: { error: 'invalid_client' } },
      { kind: 'invalid_client', status: 401 },
    ],
    [
      { status: 400, body: { error: 'invalid_scope' } },
      { kind: 'configuration', code: 'invalid_scope' },
    ],
    [
      { status: 403, body: 'Forbidden' },
      { kind: 'configuration', code: 'http_403' },
    ],
    [
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { kind: 'configuration', code: 'http_302' },
    ],
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'transient', retryAfterMs: 7_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': new Date(1_005_000).toUTCString() } },
      { kind: 'transient', retryAfterMs: 5_000 },
    ],
    [
      { status: 500, body: { error: 'internal_error' } },
      { kind: 'transient', code: 'internal_error' },
    ],
    [
      { status: 200, body: 'no JSON' },
      { kind: 'transient', code: 'answer_not_understood' },
    ],
    [
      { status: 200, body: { access_token: '' } },
      { kind: 'transient', code: 'answer_not_understood' },
    ],
    [{ fault: 'reset' }, { kind: 'transient', code: 'no_answer' }],
    [{ fault: 'silence' }, { kind: 'transient', code: 'no_answer' }],
    [{ fault: 'stall' }, { kind: 'transient', code: 'no_answer' }],
  ])('tells what may help after %j', async (answer, expected) => {
    const { outcome, requests } = await mintFrom(answer);
    expect(outcome).toBeInstanceOf(ImsError);
    expect(outcome).toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });

  it('shows the debug id for support', async () => {
    const { outcome } = await mintFrom({
      status: 400,
      body: { error: 'invalid_scope' },
      headers: { 'x-debug-id': 'd1' },
    });
    expect(outcome).toMatchObject({ requestId: 'd1', message: expect.stringContaining('x-debug-id d1') });
  });
});

describe('an error of IMS', () => {
  it('never holds the client secret, whatever IMS repeats', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (clientSecret, before, after) => {
        const body = JSON.stringify({
          error: `${before}${clientSecret}`,
          error_description: `${before}${clientSecret}${after}`,
        });
        const error = readImsRefusal({ status: 400, body, clientSecret });
        expect(`${error.message}${error.code}${error.description}`.includes(clientSecret)).toBe(false);
      }),
    );
  });
});
