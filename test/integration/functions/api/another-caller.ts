import { expect } from 'vitest';
import { createRoutes } from '#functions/api/app.ts';
import { advanceBatch, endBatch } from '#shared/batches/batch-progress.ts';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { rememberUploadOwner } from '#shared/inputs/upload-owners.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { rememberReusable } from '#shared/jobs/reuse.ts';
import { createDelivery } from '#shared/webhooks/delivery-store.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';
import { sources } from './another-callers-files.ts';
import { adobeUpload, findJobProbes, onEach, type Probe } from './another-callers-jobs.ts';
import { startApi, success, type TestApi } from './fixture.ts';
import type { TestRequest } from './http-event.ts';
import { marker, victim } from './victim.ts';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Buffer.alloc(32)]);
export const reproducible = { prompt: marker, seeds: [11], numVariations: 1 };

/** The API with something of the victim's of every kind. */
export interface Prey {
  api: TestApi;
  waiting: string;
  done: string;
  batch: string;
  webhook: string;
  upload: string;
  uploadKey: string;
}

/** Starts the API and lets the victim use it. */
export const startWithPrey = async (): Promise<Prey> => {
  const api = await startApi({ settings: { operators: ['somebody-else'], uploadsPerDay: 1_000 } });
  const { table, webhooks } = api.context;
  const as = { caller: victim };
  const waiting = await api.submit({ ...as, headers: { 'idempotency-key': 'the-key' } }, { prompt: marker });
  const done = await api.submit(as, reproducible);
  await api.end(done, { ...success(done), result: { marker } });
  const job = await getJob(table, done);
  if (job !== undefined) await rememberReusable(table, { ...job, request: JSON.stringify(reproducible) });
  const body = { requests: [{ body: { prompt: marker }, id: marker }] };
  const posted = await api.call({ method: 'POST', path: '/batches', body, ...as });
  const batch = String(posted.json['batchId']);
  const run = { batchId: batch, run: 0 };
  await advanceBatch(table, run, { from: ['reading'], to: 'running', changes: { lines: 1, warnings: [marker] } });
  await advanceBatch(table, run, { from: ['running'], to: 'reporting' });
  await endBatch(table, run, { from: ['reporting'], to: 'finished' }, 86_400);
  const url = `https://example.com/?${encodeURIComponent(marker)}`;
  const hook = await api.call({ method: 'POST', path: '/webhooks', body: { url, description: marker }, ...as });
  const webhook = String(hook.json['webhookId']);
  const message = { type: 'job.ended', at: '2026-03-01T12:00:00.000Z', subject: done, data: { marker } } as const;
  await createDelivery(webhooks.table, buildDelivery(message, { caller: victim, webhookId: webhook }));
  const form = await api.call({ method: 'POST', path: '/uploads', body: { contentType: 'image/png' }, ...as });
  const upload = String(form.json['uploadId']);
  const uploadKey = `${uploadsFolder(victim)}${upload}.png`;
  for (const key of [uploadKey, 'inbox/caf\u00e9%2Fvictim/a.png', `outputs/2026/03/01/${done}/0.jpg`]) {
    api.recorded.objects.set(`outputs-bucket/${key}`, png);
  }
  await rememberUploadOwner(table, adobeUpload, victim);
  return { api, waiting, done, batch, webhook, upload, uploadKey };
};

const estimateOf = (body: object, headers = {}): TestRequest => ({
  method: 'POST',
  path: '/estimates',
  body: { path: '/v3/images/fill-async', headers, body },
});

/** A list, or a call that names nothing: it is answered, and nothing of the victim's is in it. */
const answered = (request: TestRequest): Probe[] => [request];

const onOthers = (route: string, path: string): Probe[] => [{ method: route.split(' ')[0], path, mayAnswer: [403] }];

/** Requests that try to get at what is the victim's, by the routes that they are for. */
const probes: Record<string, (own: Prey) => Probe[]> = {
  'GET /jobs': () => [
    ...answered({ path: '/jobs' }),
    ...answered({ path: '/jobs', query: { status: 'succeeded', caller: victim } }),
    ...answered({ path: '/jobs', query: { q: marker, sort: 'oldest' } }),
    ...answered({ path: '/jobs', query: { changedSince: '2026-01-01T00:00:00.000Z' } }),
  ],
  'GET /jobs/{jobId}': (own) => onEach('/jobs/{jobId}', [own.waiting, own.done]),
  'DELETE /jobs/{jobId}': (own) => onEach('/jobs/{jobId}', [own.done]),
  'POST /estimates': (own) => [
    ...sources(own).map((url) => ({
      ...estimateOf({ image: { source: { url } }, outputs: [{ mediaType: 'image/png' }] }),
      mayAnswer: [200],
    })),
    ...answered(estimateOf(reproducible, { 'cache-control': 'max-age=3600' })),
  ],
  'GET /jobs/{jobId}/outputs/{index}': (own) => onEach('/jobs/{jobId}/outputs/{index}', [own.done]),
  'POST /batches': (own) => [
    ...sources(own).map((source) => ({ method: 'POST', path: '/batches', body: { source }, mayAnswer: [403, 422] })),
  ],
  'GET /batches': () => answered({ path: '/batches' }),
  'GET /batches/{batchId}': (own) => onEach('/batches/{batchId}', [own.batch]),
  'DELETE /batches/{batchId}': (own) => onEach('/batches/{batchId}', [own.batch]),
  'GET /batches/{batchId}/jobs': (own) => onEach('/batches/{batchId}/jobs', [own.batch]),
  'GET /batches/{batchId}/lines': (own) => onEach('/batches/{batchId}/lines', [own.batch]),
  'GET /batches/{batchId}/report.jsonl': (own) => onEach('/batches/{batchId}/report.jsonl', [own.batch]),
  'GET /batches/{batchId}/report.csv': (own) => onEach('/batches/{batchId}/report.csv', [own.batch]),
  'PUT /batches/{batchId}/cancel': (own) => onEach('/batches/{batchId}/cancel', [own.batch]),
  'POST /batches/{batchId}/retry': (own) => onEach('/batches/{batchId}/retry', [own.batch]),
  'GET /webhooks': () => answered({ path: '/webhooks' }),
  'POST /webhooks': () => [
    { method: 'POST', path: '/webhooks', body: { url: 'https://127.0.0.1/' }, mayAnswer: [422] },
  ],
  'GET /webhooks/{webhookId}': (own) => onEach('/webhooks/{webhookId}', [own.webhook]),
  'PUT /webhooks/{webhookId}': (own) => [
    { method: 'PUT', path: `/webhooks/${own.webhook}`, body: { url: 'https://example.com/other' }, mayAnswer: [404] },
  ],
  'DELETE /webhooks/{webhookId}': (own) => onEach('/webhooks/{webhookId}', [own.webhook]),
  'POST /webhooks/{webhookId}/test': (own) => onEach('/webhooks/{webhookId}/test', [own.webhook]),
  'POST /webhooks/{webhookId}/enable': (own) => onEach('/webhooks/{webhookId}/enable', [own.webhook]),
  'POST /webhooks/{webhookId}/rotate-secret': (own) => onEach('/webhooks/{webhookId}/rotate-secret', [own.webhook]),
  'POST /uploads': () => answered({ method: 'POST', path: '/uploads', body: { contentType: 'image/png' } }),
  'DELETE /uploads/{uploadId}': (own) => onEach('/uploads/{uploadId}', [own.upload]),
  'GET /usage': () => answered({ path: '/usage', query: { by: 'caller,label', caller: victim } }),
  'GET /usage/callers': () => [{ path: '/usage/callers', query: { caller: victim }, mayAnswer: [403] }],
  'GET /callers/me': () => answered({ path: '/callers/me' }),
  'GET /queue': () => [{ path: '/queue', mayAnswer: [403] }],
  'PUT /queue/pause': () => [{ method: 'PUT', path: '/queue/pause', mayAnswer: [403] }],
  'PUT /queue/resume': () => [{ method: 'PUT', path: '/queue/resume', mayAnswer: [403] }],
  'GET /erasures': () => [{ path: '/erasures', mayAnswer: [403] }],
  'POST /erasures': () => [
    { method: 'POST', path: '/erasures', body: { caller: victim, confirm: victim }, mayAnswer: [403] },
  ],
  'GET /health/details': () => [{ path: '/health/details', mayAnswer: [403] }],
  ...Object.fromEntries(
    ['GET', 'POST'].map((method) => [`${method} /callers`, () => [{ method, path: '/callers', mayAnswer: [403] }]]),
  ),
  ...Object.fromEntries(
    [
      'GET /callers/{callerId}',
      'PUT /callers/{callerId}',
      'DELETE /callers/{callerId}',
      'PUT /callers/{callerId}/pause',
      'PUT /callers/{callerId}/resume',
    ].map((route) => [
      route,
      () => onOthers(route, (route.split(' ')[1] ?? '').replace('{callerId}', encodeURIComponent(victim))),
    ]),
  ),
  'POST /callers/{callerId}/secrets': (): Probe[] => onOthers('POST', '/callers/fgw_1/secrets'),
  'DELETE /callers/{callerId}/secrets/{secretId}': (): Probe[] => onOthers('DELETE', '/callers/fgw_1/secrets/1'),
  'GET /queue/callers': () => [{ path: '/queue/callers', mayAnswer: [403] }],
  'PUT /queue/cancel-job/{jobId}': (own): Probe[] => onOthers('PUT', `/queue/cancel-job/${own.waiting}`),
  'PUT /queue/cancel-batch/{batchId}': (own): Probe[] => onOthers('PUT', `/queue/cancel-batch/${own.batch}`),
  'GET /audit': () => [{ path: '/audit', mayAnswer: [403] }],
  'GET /health': () => answered({ path: '/health' }),
  'GET /openapi.json': () => answered({ path: '/openapi.json' }),
  'GET /docs': () => answered({ path: '/docs' }),
  'GET /docs/{file}': () => [{ path: '/docs/..%2fjobs', mayAnswer: [400, 404] }],
  'POST /v2/storage/image': () => [{ method: 'POST', path: '/v2/storage/image', mayAnswer: [400, 415] }],
  'GET /v1/templates/render-jobs': () => answered({ path: '/v1/templates/render-jobs' }),
  'GET /pie/psdService/hello': () => answered({ path: '/pie/psdService/hello' }),
};

/**
 * What is tried by a route; undefined if nothing is known of it.
 *
 * @param route such as `GET /jobs`
 */
export const findProbes = (route: string): ((own: Prey) => Probe[]) | undefined =>
  probes[route] ?? findJobProbes(route);

/** Every route of the API, such as `GET /jobs`. */
export const listRoutes = ({ api }: Prey): string[] =>
  createRoutes(api.context).map(({ method, path }) => `${method} ${path}`);

/** Lets a caller try every route; any answer that tells something of the victim's is an error. */
export const tryRoutes = async (own: Prey, caller: string): Promise<number> => {
  const all = listRoutes(own).flatMap((route) => findProbes(route)?.(own) ?? []);
  const secrets = [marker, encodeURIComponent(marker), 'whsec_'];
  for (const { mayAnswer, ...probe } of all) {
    const answer = await own.api.call({ ...probe, caller });
    const written = JSON.stringify([answer.headers, answer.body]);
    const leaks = secrets.filter((secret) => written.includes(secret));
    const isAllowed = mayAnswer === undefined ? answer.statusCode < 300 : mayAnswer.includes(answer.statusCode);
    expect({ probe, status: answer.statusCode, isAllowed, leaks }).toMatchObject({ isAllowed: true, leaks: [] });
  }
  return all.length;
};

/** Lets a caller use the victim's idempotency key, and send a request of the victim's that has outputs. */
export const tryToShare = async ({ api, waiting }: Prey, caller: string): Promise<void> => {
  const keyed = await api.generate({ prompt: 'mine' }, { caller, headers: { 'idempotency-key': 'the-key' } });
  expect(keyed.statusCode).toBe(202);
  expect(keyed.json['jobId']).not.toBe(waiting);
  const reusing = await api.generate(reproducible, { caller, headers: { 'cache-control': 'max-age=3600' } });
  const { json } = await api.call({ path: `/jobs/${reusing.json['jobId']}`, caller });
  expect(json).toMatchObject({ status: 'queued' });
  expect(json).not.toHaveProperty('reusedFrom');
};

/** Everything of the victim's is as it was. */
export const expectUntouched = async ({ api, ...own }: Prey): Promise<void> => {
  const show = (path: string) => api.call({ path, caller: victim });
  expect((await show(`/jobs/${own.waiting}`)).json).toMatchObject({ status: 'queued' });
  expect((await show(`/jobs/${own.done}`)).json).toMatchObject({ status: 'succeeded' });
  expect((await show(`/batches/${own.batch}`)).json).toMatchObject({ status: 'finished' });
  expect((await show(`/webhooks/${own.webhook}`)).json).toMatchObject({ status: 'enabled', description: marker });
  expect(api.recorded.objects.has(`outputs-bucket/${own.uploadKey}`)).toBe(true);
  expect(api.recorded.deliveries).toEqual([]);
  const again = await api.generate({ prompt: marker }, { caller: victim, headers: { 'idempotency-key': 'the-key' } });
  expect(again.json['jobId']).toBe(own.waiting);
};
