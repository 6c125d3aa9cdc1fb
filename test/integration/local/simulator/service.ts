import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { json } from '#local/simulator/http/answer.ts';
import type { ServiceOperation, SimulatedService } from '#local/simulator/service/definition.ts';
import { createRefuse, writeErrorCode } from '#local/simulator/service/refusals.ts';
import type { Simulator } from '#local/simulator/simulator.ts';
import type { clientOf } from './client.ts';

const body = z.strictObject({
  sources: z.array(z.strictObject({ url: z.string() })).default([]),
  targets: z.array(z.union([z.strictObject({ url: z.string() }), z.literal(['hosted', 'base64', 'json'])])).min(1),
  mediaType: z.string().default('image/png'),
  text: z.string().optional(),
});

const press: ServiceOperation = {
  path: '/v1/press',
  quotas: ['press', 'presses-a-day'],
  statusQuota: 'press-status',
  body,
  inputs: (request) =>
    body.parse(request).sources.map(({ url }, index) => ({
      path: ['sources', index, 'url'],
      url,
      mediaTypes: ['image/png', 'image/vnd.adobe.photoshop'],
      maxSize: { width: 100, height: 100 },
    })),
  outputs: (request) => {
    const { targets, mediaType, text } = body.parse(request);
    return targets.map((target) => {
      const to =
        typeof target === 'object'
          ? ({ kind: 'put', url: target.url } as const)
          : target === 'hosted'
            ? ({ kind: 'hosted' } as const)
            : ({ kind: 'embedded', as: target } as const);
      return { mediaType, target: to, content: text, label: 'pressed' };
    });
  },
  prompt: (request) => body.parse(request).text ?? '',
  statusPath: '/v1/presses/{jobId}',
  accept: ({ jobId }, { statusUrl }) => json(202, { jobId, statusUrl }),
  status: ({ jobId, phase, outputs, error }) => ({ jobId, phase, outputs, error }),
};

/** A service with a bit of everything that the frame plays. */
export const pressService: SimulatedService = {
  id: 'press',
  title: 'Press',
  scopes: ['openid', 'ff_apis'],
  quotas: {
    press: { windows: [{ seconds: 3, limit: 3 }] },
    'presses-a-day': { windows: [], perDay: 5 },
    'press-status': { windows: [{ seconds: 60, limit: 100 }] },
  },
  inputDomains: ['amazonaws.com'],
  operations: [
    press,
    { ...press, path: '/v1/press-now', isSynchronous: true, accept: (job) => json(200, job.outputs) },
  ],
  statusPaths: [{ path: '/v1/presses/{jobId}' }],
  routes: [
    {
      method: 'PUT',
      path: '/v1/stop/{jobId}',
      handle: (_, { params, jobs }) => {
        const job = jobs.find(params['jobId'] ?? '');
        return { status: job !== undefined && jobs.cancel(job) ? 202 : 409 };
      },
    },
  ],
  partialOutputs: 'end_partially',
  refuse: createRefuse(writeErrorCode),
  explain: ({ kind, message }) => ({ code: kind, message }),
};

/** The content type with which an output arrives at the URL that the request named. */
export const readPutType = async (
  simulator: Simulator,
  client: ReturnType<typeof clientOf>,
): Promise<string | undefined> => {
  const target = createServer();
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`;
  const arrived = once(target, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  await fetch(`${simulator.services['press']?.url}/v1/press`, {
    method: 'POST',
    headers: await client.authorized({ 'content-type': 'application/json' }),
    body: JSON.stringify({ targets: [{ url }] }),
  });
  const [request, response] = await arrived;
  response.end();
  target.close();
  return request.headers['content-type'];
};
