import { afterEach, describe, expect } from 'vitest';
import { findOperation } from '#shared/adobe/services/registry.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { operationRequests } from '#test/fixtures/operation-requests.ts';
import type { Shard } from '#test/fixtures/shard.ts';
import { it, untilAtRest } from '#test/fixtures/shared-gateway.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

// What Adobe does beside its published description, or documents in two ways.
describe('what Adobe also does', () => {
  let gateway: Gateway;
  let shard: Shard;
  const control = () => simulatorControl(gateway.stack.description.ims);
  it.beforeAll(async ({ gateway: sharedGateway, shard: sharedShard }) => {
    gateway = sharedGateway;
    shard = sharedShard;
    await untilAtRest(gateway);
  });
  afterEach(() => control().clearFaults());

  const follow = async (name: string) => {
    const { body, headers = {} } = operationRequests.find((request) => request.name === name) ?? { body: {} };
    const response = await gateway.call(findOperation(name)?.path ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return gateway.until(response.headers.get('location')?.split('/').at(-1) ?? '');
  };

  it('writes links as bare strings', async () => {
    await control().changeSettings({ linkStyle: 'string' });
    expect((await follow('images/upscale')).status).toBe('succeeded');
    await control().changeSettings({ linkStyle: 'object' });
  });

  it.each(['images/generate', 'images/upscale'])('keeps jobs on hosts of their own: %s', async (name) => {
    await control().changeSettings({ shardBase: shard.url });
    shard.asked.splice(0);
    expect((await follow(name)).status).toBe('succeeded');
    expect(shard.asked[0]).toMatch(/^GET \/v3\/status\/urn:ff:jobs:/);
    await control().changeSettings({ shardBase: null });
  });

  it('may name a host for the status that is not its own, and gets no token there', async () => {
    // Another name of the same machine: the URL must be called as it was given.
    const shardBase = gateway.stack.description.firefly.replace('127.0.0.1', 'localhost');
    await control().changeSettings({ shardBase });
    const job = await follow('images/generate');
    await control().changeSettings({ shardBase: null });
    // The host is not one of Adobe's nor of the settings: the token is not sent there.
    expect(job).toMatchObject({ status: 'failed', error: { code: 'status_url_not_allowed' } });
  });

  it('leaves the prefix out of job ids while they run', async () => {
    await control().addFault({ fault: 'job', bareJobId: true, generationMs: 1_500, prompt: 'a lamp' });
    expect((await follow('images/generate')).status).toBe('succeeded');
  });

  it.each(['cancelled', 'canceled'])('spells the end of a job %s', async (outcome) => {
    await control().addFault({ fault: 'job', outcome, prompt: 'a lamp' });
    expect((await follow('images/generate')).status).toBe('cancelled');
  });

  it.each([
    ['prompt_unsafe', 'images/generate'],
    ['image_unsafe', 'images/expand'],
    ['reference_image_unsafe_error', 'images/generate-image5'],
    ['video_unsafe', 'videos/generate'],
  ])('refuses content with 451 %s, at once or later', async (code, name) => {
    const body = { error_code: code, message: 'no' };
    await control().addFault({ fault: 'answer', status: 451, body, service: 'firefly', method: 'POST', times: 1 });
    expect(await follow(name)).toMatchObject({ status: 'failed', error: { code, upstreamStatus: 451 } });
    await control().addFault({ fault: 'job', outcome: 'failed', errorCode: code, times: 1 });
    expect(await follow(name)).toMatchObject({ status: 'failed', error: { code } });
  });

  it('answers 413 in HTML, which ends the job, and 408, after which it is sent again', async () => {
    const page = '<html><body><h1>413 Request Entity Too Large</h1></body></html>';
    const headers = { 'content-type': 'text/html' };
    await control().addFault({
      fault: 'answer',
      status: 413,
      headers,
      body: page,
      method: 'POST',
      path: '/v3/',
      times: 1,
    });
    expect(await follow('images/expand')).toMatchObject({ status: 'failed', error: { code: 'http_413' } });
    await control().addFault({ fault: 'request_timeout', service: 'firefly', method: 'POST', times: 1 });
    expect(await follow('images/expand')).toMatchObject({ status: 'succeeded', attempts: 1 });
  });
});
