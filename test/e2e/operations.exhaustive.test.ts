import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { findOperation } from '#shared/adobe/services/registry.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { type OperationRequest, operationRequests } from '#test/fixtures/operation-requests.ts';
import { it } from '#test/fixtures/shared-gateway.ts';

type Output = Record<string, unknown> & { image?: { url: string }; video?: { url: string }; presignedUrl?: string };

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('every operation of Firefly', () => {
  let gateway: Gateway;
  it.beforeAll(({ gateway: shared }) => {
    gateway = shared;
  });

  const post = (path: string, { body, headers = {} }: OperationRequest) =>
    gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const definitionOf = (name: string) => {
    const operation = findOperation(name);
    if (operation === undefined) throw new Error(`There is no operation ${name}.`);
    return operation;
  };

  it('has a request here', () => {
    expect(operationRequests.map(({ name }) => name)).toEqual(firefly.operations.map(({ name }) => name));
  });

  it.concurrent.each(operationRequests)('$name: from HTTP to bytes in S3, in shapes of Adobe', async (request) => {
    const operation = definitionOf(request.name);
    const response = await post(operation.path, request);
    const accepted = await json(response);
    const jobId = response.headers.get('location')?.split('/').at(-1) ?? '';
    const [statusUrl, cancelUrl] = [`${gateway.url}/v3/status/${jobId}`, `${gateway.url}/v3/cancel/${jobId}`];
    expect(response.status).toBe(operation.accepts.status);
    expect(accepted).toEqual(
      ['images/upscale', 'images/generate-image5'].includes(request.name)
        ? { links: { result: { href: statusUrl }, cancel: { href: cancelUrl } }, progress: 0 }
        : { jobId, statusUrl, cancelUrl },
    );

    const job = await gateway.until(jobId);
    expect(job).toMatchObject({ status: 'succeeded', operation: request.name });
    expect(job['modelVersion']).toBe(request.headers?.['x-model-version'] ?? operation.models?.default);

    const status = await json(await fetch(statusUrl));
    expect(status).toMatchObject({ status: 'succeeded', jobId });
    const { outputs } = status['result'] as { outputs: Output[] };
    expect(outputs).toHaveLength(job.outputs.length);
    const urls = outputs.map(({ image, video, presignedUrl }) =>
      request.name === 'videos/generate' ? video?.url : request.name === 'images/upscale' ? presignedUrl : image?.url,
    );
    for (const [index, url] of urls.entries()) {
      const file = await fetch(String(url));
      const bytes = Buffer.from(await file.arrayBuffer());
      expect(file.status).toBe(200);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(job.outputs[index]?.sha256);
      expect(file.headers.get('content-type')).toBe(job.outputs[index]?.contentType);
    }
    const extension = { 'image/png': 'png', 'image/jpeg': 'jpg', 'video/mp4': 'mp4' }[
      job.outputs[0]?.contentType ?? ''
    ];
    expect(job.outputs[0]?.key).toMatch(new RegExp(`/0\\.${extension}$`));
    if (request.name !== 'images/upscale')
      expect(job.outputs[0]?.['seed']).toBe((request.body['seeds'] as number[])[0]);
  });

  it('besides, the list of custom models', async () => {
    const response = await gateway.call('/v3/custom-models?sortBy=assetName&limit=2&publishedState=all');
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({
      custom_models: [{ assetName: 'simulated-model-0' }, {}],
      total_count: 8,
    });
  });

  // One after the other: each keeps one of the two sandboxes of api for as long as it waits.
  it.each(operationRequests.filter(({ name }) => findOperation(name)?.waitPath))(
    '$name: the synchronous call that Adobe no longer documents',
    async ({ name, body, headers }) => {
      const response = await gateway.ask(definitionOf(name).waitPath ?? '', {
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      const { outputs } = (await json(response)) as { outputs: Output[] };
      expect(response.status).toBe(200);
      expect((await fetch(outputs[0]?.image?.url ?? '')).status).toBe(200);
    },
  );
});
