import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccessTokenCache, TokenUnavailableError } from '#shared/adobe/auth/access-token.ts';
import { createCallAdobe, type TokenCallOutcome } from '#shared/adobe/http/call.ts';
import { classifyStatus } from '#shared/adobe/http/client.ts';
import { testToken } from '#test/fixtures/access-token.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

const now = Date.UTC(2026, 0, 15, 12);

let adobe: FakeAdobe;
beforeAll(async () => {
  adobe = await startFakeAdobe();
});
afterAll(() => adobe.close());

const reasons: unknown[] = [];
const refused: string[] = [];
beforeEach(() => {
  reasons.length = 0;
  refused.length = 0;
  adobe.seen.length = 0;
});

const cache: AccessTokenCache = {
  get: async () => testToken('first'),
  refused: async (versionId) => {
    refused.push(versionId);
    return testToken('second');
  },
};

const callThe = async (tokens: Partial<AccessTokenCache>, ...answers: [ScriptedAnswer, ...ScriptedAnswer[]]) => {
  adobe.script('GET', '/what', ...answers);
  const call = createCallAdobe(
    { ...cache, ...tokens },
    { clock: { now: () => now }, log: { error: (_, { error }) => reasons.push(error) } },
  );
  // Short where no answer comes, and for one that comes late beside other work long enough.
  const timeoutMs = answers.some((answer) => 'fault' in answer) ? 500 : 60_000;
  return call({ method: 'GET', url: `${adobe.url}/what`, timeoutMs });
};

const sentTokens = () => adobe.seen.map(({ headers }) => headers['authorization']);
const bearer = (name: string) => `Bearer ${testToken(name).accessToken}`;

describe('a call with the token of the gateway', () => {
  it('is answered', async () => {
    expect(await callThe({}, { status: 201, body: { a: 1 } })).toEqual({
      kind: 'answered',
      status: 201,
      body: '{"a":1}',
    });
    expect(sentTokens()).toEqual([bearer('first')]);
  });

  it('is made once more with another token if Adobe refuses the first, and no third time', async () => {
    expect(await callThe({}, { status: 401 }, { status: 200 })).toMatchObject({ kind: 'answered' });
    expect(refused).toEqual([testToken('first').versionId]);
    expect(sentTokens()).toEqual([bearer('first'), bearer('second')]);
    adobe.seen.length = 0;
    expect(await callThe({}, { status: 401 })).toMatchObject({ kind: 'token_refused' });
    expect(adobe.seen).toHaveLength(2);
  });

  it('is not made without a token; the reason goes to the log only', async () => {
    const failure = new TokenUnavailableError('None.');
    const fail = () => Promise.reject(failure);
    expect(await callThe({ get: fail }, { status: 200 })).toEqual({ kind: 'no_token' });
    expect(adobe.seen).toHaveLength(0);
    expect(await callThe({ refused: fail }, { status: 401 })).toEqual({ kind: 'no_token' });
    expect(reasons).toEqual([String(failure), String(failure)]);
  });
});

describe('what one call led to', () => {
  it.each<[number, TokenCallOutcome['kind']]>([
    [302, 'unavailable'],
    [400, 'refused'],
    [403, 'refused'],
    [408, 'unavailable'],
    [429, 'unavailable'],
    [451, 'refused'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('HTTP %i: %s', async (status, kind) => {
    expect(await callThe({}, { status, headers: { 'retry-after': '7' } })).toMatchObject({
      kind,
      error: { status },
      ...(kind === 'unavailable' && { retryAfterMs: 7_000 }),
    });
  });

  it('is lost where Adobe may have seen the request', async () => {
    expect(await callThe({}, { fault: 'reset' })).toMatchObject({ kind: 'lost' });
    expect(await callThe({}, { fault: 'silence' })).toEqual({
      kind: 'lost',
      reason: 'Adobe did not answer in time.',
    });
  });

  it('is not sent where Adobe cannot have seen it', async () => {
    const closed = await startFakeAdobe();
    await closed.close();
    const call = createCallAdobe(cache, { clock: { now: () => now }, log: { error: () => {} } });
    expect(await call({ method: 'GET', url: closed.url, timeoutMs: 500 })).toMatchObject({
      kind: 'not_sent',
    });
  });
});

it('reads a status alike for all services', () => {
  expect([200, 204, 301, 400, 404, 408, 429, 500, 503].map(classifyStatus)).toEqual([
    'success',
    'success',
    'unexpected',
    'refused',
    'refused',
    'transient',
    'transient',
    'transient',
    'transient',
  ]);
});
