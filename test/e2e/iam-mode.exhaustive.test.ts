import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  const auth = { mode: 'iam', singleSignOn: 'users' } as const;
  gateway = await startGateway({ ...withoutPictures, settings: { ...withoutPictures.settings, auth } });
});
afterAll(() => gateway?.close());

it('a whole gateway in mode iam serves who signs, and has the queue paused by operators only', async () => {
  const { signers } = gateway.stack;
  if (signers === undefined) throw new Error('Nobody signs.');
  const send = async (signer: keyof typeof signers, method: string, path: string, body?: object) => {
    const { accessKeyId, secretAccessKey, sessionToken } = signers[signer];
    const region = 'us-east-1';
    const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, service: 'execute-api', region });
    const headers = { 'content-type': 'application/json' };
    const url = new URL(path, gateway.url).href;
    return fetch(await client.sign(url, { method, headers, body: body && JSON.stringify(body) }));
  };
  const job = await send('caller', 'POST', '/v3/images/generate-async', { prompt: 'a kite' });
  expect(job.status).toBe(202);
  const { jobId } = (await job.json()) as { jobId: string };
  expect((await send('caller', 'GET', `/jobs/${jobId}`)).status).toBe(200);
  // A role is a caller: another one's job does not exist.
  expect((await send('operator', 'GET', `/jobs/${jobId}`)).status).toBe(404);
  expect((await send('caller', 'PUT', '/queue/pause', {})).status).toBe(403);
  // By another spelling of the path it comes in by the route for all the rest.
  expect((await send('operator', 'PUT', '/queue/pause/', {})).status).toBe(403);
  expect((await send('operator', 'PUT', '/queue/pause', {})).status).toBe(200);
  expect((await fetch(new URL('/jobs', gateway.url), { headers: { 'x-local-caller': 'x' } })).status).toBe(403);
});
