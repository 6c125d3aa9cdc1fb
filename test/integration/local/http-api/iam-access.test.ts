import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIamAccess } from '#local/http-api/iam-access.ts';
import { type HttpApi, startHttpApi } from '#local/http-api/start-http-api.ts';
import { createAuthorizer, type Identity } from '#local/iam/authorizer.ts';
import { sourceArns } from '#local/stack-arns.ts';
import { createIdentities } from '#local/stack-identities.ts';
import { stackSettings } from '#local/stack-settings.ts';

const { signers, directory } = createIdentities(stackSettings({ auth: { mode: 'iam', singleSignOn: 'users' } }), false);
if (signers === undefined) throw new Error('Nobody signs in mode iam.');
const { caller, operator } = signers;

let skewMs = 0;
let api: HttpApi;
beforeAll(async () => {
  api = await startHttpApi({
    iamAccess: createIamAccess({
      authorizer: createAuthorizer(directory),
      signers: [caller, operator],
      httpApi: sourceArns.httpApi,
      now: () => Date.now() + skewMs,
    }),
    invokeApi: async ({ routeKey, requestContext: { authorizer } }) => ({
      statusCode: 200,
      body: JSON.stringify({ routeKey, authorizer }),
    }),
  });
});
afterAll(() => api.close());

const sign = (identity: Identity, path: string, init: RequestInit = {}, service = 'execute-api'): Promise<Request> => {
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, service, region: 'us-east-1' });
  return client.sign(new URL(path, api.url).href, init);
};

const send = async (request: Request | Promise<Request>) => {
  const answer = await fetch(await request);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};

const jobs = '/jobs?status=failed,queued&label=a%3Db%20c&limit=5';

describe('in mode iam', () => {
  it('a caller is who has signed, whatever its query and body hold', async () => {
    expect(await send(sign(caller, jobs))).toMatchObject({
      status: 200,
      json: {
        routeKey: '$default',
        authorizer: {
          iam: { userArn: expect.stringMatching(/^arn:aws:sts::000000000000:assumed-role\/.*-caller\/session$/) },
        },
      },
    });
    const body = JSON.stringify({ prompt: 'Köln (1) & 2' });
    const post = sign(caller, '/v3/images/generate-async', { method: 'POST', body });
    expect((await send(post)).status).toBe(200);
  });

  it('only operators come in by the routes for them', async () => {
    const pause = { method: 'PUT', body: '{}' };
    const { status, json } = await send(sign(caller, '/queue/pause', pause));
    expect([status, json['message']]).toEqual([
      403,
      expect.stringContaining('not authorized to perform: execute-api:Invoke'),
    ]);
    expect(await send(sign(operator, '/queue/pause', pause))).toMatchObject({ json: { routeKey: 'PUT /queue/pause' } });
    const secret = sign(operator, '/callers/fgw_1/secrets/2', { method: 'DELETE' });
    expect(await send(secret)).toMatchObject({ json: { routeKey: 'DELETE /callers/{callerId}/secrets/{secretId}' } });
  });

  it('the description of the API is open to all, and nothing else without a signature', async () => {
    expect((await send(new Request(new URL('/openapi.json', api.url)))).status).toBe(200);
    const claimed = new Request(new URL('/jobs', api.url), { headers: { 'x-local-caller': 'alice' } });
    expect(await send(claimed)).toMatchObject({ status: 403, json: { message: 'Missing Authentication Token' } });
  });

  it.each<[string, (request: Request) => Request | Promise<Request>]>([
    ['another query', (request) => new Request(`${request.url}&limit=6`, request)],
    ['another path', (request) => new Request(request.url.replace('/jobs', '/usage'), request)],
    ['another method', (request) => new Request(request, { method: 'DELETE' })],
    ['a body', (request) => new Request(request.url, { method: 'POST', headers: request.headers, body: '{}' })],
    ['another key', () => sign({ ...caller, secretAccessKey: 'guessed' }, jobs)],
    ['the key of another session', () => sign({ ...caller, sessionToken: 'another' }, jobs)],
    ['a key that nobody has', () => sign({ ...caller, accessKeyId: 'AKIAUNKNOWN' }, jobs)],
    ['a signature for another service', () => sign(caller, jobs, {}, 's3')],
  ])('a signature does not hold for %s', async (_, change) => {
    expect((await send(await change(await sign(caller, jobs)))).status).toBe(403);
  });

  it.each([
    [4 * 60_000, 200],
    [-4 * 60_000, 200],
    [6 * 60_000, 403],
    [-6 * 60_000, 403],
  ])('a clock that is %i ms off: %i', async (ms, status) => {
    skewMs = ms;
    expect((await send(sign(caller, '/jobs'))).status).toBe(status);
    skewMs = 0;
  });
});
