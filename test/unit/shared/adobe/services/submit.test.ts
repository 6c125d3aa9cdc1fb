import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { remapLinks } from '#shared/adobe/services/indesign/operations/remap-links.ts';
import { type SubmitOutcome, submit } from '#shared/adobe/services/submit.ts';
import { type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { now, submitTo, token, useFakeFirefly } from './submission.ts';

const { adobe, submitFor } = useFakeFirefly();

describe('what is sent', () => {
  it('is the body as it is, the headers of Adobe and nothing of ours', async () => {
    adobe().seen.length = 0;
    await submitFor({ status: 202, body: { statusUrl: 'https://firefly-x.adobe.io/v3/status/1' } });
    expect(adobe().seen).toHaveLength(1);
    expect(adobe().seen[0]).toMatchObject({
      body: '{"prompt":"a cat"}',
      headers: {
        authorization: `Bearer ${token.accessToken}`,
        'x-api-key': token.clientId,
        'content-type': 'application/json',
        accept: 'application/json',
        'x-model-version': 'image4_ultra',
        'x-request-id': 'job-1',
      },
    });
  });

  it('goes over a connection of its own: a dead one from a pool would make the outcome unknown', async () => {
    adobe().seen.length = 0;
    await submitFor({ status: 202, body: { statusUrl: 'https://firefly-x.adobe.io/v3/status/1' } });
    expect(adobe().seen[0]?.headers['connection']).toBe('close');
  });
});

describe('an acceptance', () => {
  it('carries the URLs exactly as Adobe wrote them', async () => {
    const job = {
      jobId: 'urn:ff:jobs:eso851211:8b2c',
      statusUrl: 'https://firefly-epo854211.adobe.io/v3/status/urn:ff:jobs:eso851211:8b2c',
      cancelUrl: 'https://firefly-epo854211.adobe.io/v3/cancel/urn:ff:jobs:eso851211:8b2c?a=%2F',
    };
    expect(await submitFor({ status: 202, body: job })).toEqual({ kind: 'accepted', job });
    expect(await submitFor({ status: 200, body: { ...job, more: 1 } })).toEqual({ kind: 'accepted', job });
  });

  it('may come with links in place of a job id, as objects or as bare strings', async () => {
    const [statusUrl, cancelUrl] = ['https://firefly-x.adobe.io/v3/status/1', 'https://firefly-x.adobe.io/v3/cancel/1'];
    const answers = [
      { status: 200, body: { links: { result: { href: statusUrl }, cancel: { href: cancelUrl } }, progress: 0 } },
      { status: 202, body: { links: { result: statusUrl, cancel: cancelUrl } } },
    ];
    for (const answer of answers) {
      expect(await submitFor(answer)).toEqual({ kind: 'accepted', job: { statusUrl, cancelUrl } });
    }
    const withoutCancel = { status: 202, body: { links: { result: statusUrl } } };
    expect(await submitFor(withoutCancel)).toMatchObject({ kind: 'accepted', job: { statusUrl } });
    expect(await submitFor({ status: 202, body: { links: {} } })).toMatchObject({ kind: 'unknown' });
  });

  it('is an acceptance without job id or cancel URL as well: the job is billed', async () => {
    const statusUrl = 'https://firefly-x.adobe.io/v3/status/1';
    for (const rest of [{}, { jobId: null, cancelUrl: null }, { jobId: 7, cancelUrl: '' }]) {
      expect(await submitFor({ status: 202, body: { statusUrl, ...rest } })).toEqual({
        kind: 'accepted',
        job: { statusUrl, jobId: undefined, cancelUrl: undefined },
      });
    }
  });

  it.each([{}, { statusUrl: 'not a URL' }, 'accepted', ''])('has an unknown outcome with the body %j', async (body) => {
    expect(await submitFor({ status: 202, body })).toMatchObject({ kind: 'unknown', status: 202 });
  });
});

describe('no answer', () => {
  it.each([
    ['a connection reset after the request', 'reset'],
    ['a connection cut in the middle of the answer', 'cut'],
  ] as const)('%s: the outcome is unknown', async (_, fault) => {
    expect(await submitFor({ fault })).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['silence', 'silence'],
    ['an answer that stops halfway', 'stall'],
  ] as const)('%s: the outcome is unknown after the time-out', async (_, fault) => {
    expect(await submitFor({ fault }, 200)).toEqual({ kind: 'unknown', reason: 'Adobe did not answer in time.' });
  });

  it('a refused connection: certainly not sent', async () => {
    const closed = await startFakeAdobe();
    await closed.close();
    expect(await submitTo(closed.url)).toMatchObject({ kind: 'not_sent' });
  });

  it('a connection reset before the request was read: it may have been sent', async () => {
    const server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await submitTo(`http://127.0.0.1:${port}`)).toMatchObject({ kind: 'unknown' });
    server.close();
  });

  it('never tells the token in its reason', async () => {
    expect(JSON.stringify(await submitFor({ fault: 'reset' }))).not.toContain(token.accessToken);
  });
});

describe('a request with a secret of its caller', () => {
  const headers = { 'x-aem-token': 'secret' };
  const submitWithSecret = (answer: ScriptedAnswer) => {
    adobe().script('POST', remapLinks.path, answer);
    return submit(remapLinks, { baseUrl: adobe().url, body: '{}', headers, requestId: 'job-1' }, token, () => now);
  };

  it('has it as a header', async () => {
    adobe().seen.length = 0;
    await submitWithSecret({ status: 202, body: { statusUrl: 'https://indesign.adobe.io/v3/status/1' } });
    expect(adobe().seen[0]?.headers).toMatchObject({
      'x-aem-token': 'secret',
      authorization: `Bearer ${token.accessToken}`,
    });
  });

  it.each<[number, string, SubmitOutcome['kind']]>([
    [401, 'aem_unauthorized', 'rejected'],
    [403, 'forbidden', 'rejected'],
    [401, '401013', 'token_refused'],
    [403, '403000', 'access_refused'],
    [429, 'rate_limited', 'rate_limited'],
    [500, 'runtime_error', 'unknown'],
  ])('that is refused with %i %s is %s: the lane does not pause for the secret', async (status, code, kind) => {
    expect(await submitWithSecret({ status, body: { error_code: code, message: 'No.' } })).toMatchObject({ kind });
  });
});
