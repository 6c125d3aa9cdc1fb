import { createRoutes } from '#functions/api/app.ts';
import type { HttpEvent } from '#functions/api/http/request.ts';
import type { Route } from '#functions/api/http/router.ts';
import { operations } from '#shared/adobe/services/registry.ts';
import { jobStates } from '#shared/jobs/job.ts';
import { operationRequests } from '#test/fixtures/operation-requests.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { startApi, success, type TestApi } from './fixture.ts';
import { largeBodies } from './fuzz-bodies.ts';
import { httpEvent } from './http-event.ts';

const maxAnswerBytes = 6_000_000;
const requestsPerApi = 5_000;
const finishedJobs = 6;
// Those, a waiting job, a batch and a webhook.
const ownIds = finishedJobs + 3;

const junkTexts = [
  ...[
    '',
    ' ',
    '\u0000',
    '\ud800',
    'x\udc00y',
    '%',
    '%00',
    '%2F',
    '%ZZ',
    '..',
    '../..',
    '\r\nset-cookie: a=b',
    '"',
    "'",
    '\\',
    ',',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    '-1',
    '0',
    '1e999',
    '1.5',
    '٣',
    '{"a":1}',
    '[]',
    '*',
    '*/*',
  ],
  ...[
    'a'.repeat(255),
    'a'.repeat(1_025),
    'ä'.repeat(1_100),
    '%41'.repeat(900),
    ','.repeat(3_000),
    'queued,'.repeat(900),
  ],
  ...[
    'bm9uZQ',
    'wait=',
    'max-age=9999999999',
    'wait=1',
    'application/json',
    'application/json; charset=x',
    'image/png',
    'text/csv',
  ],
  ...['s3://outputs-bucket/inbox/alice/a', 's3://shared-bucket/\ud800', 'job:5f7e7aca-0e9e-5bf6-9261-5fb343c899d8/0'],
  ...['0199a0e4-7c1f-7000-8000-000000000000', '0199A0E4-7C1F-7000-8000-00000000000G'],
];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'get', ''];
const headers = [
  ...[
    'content-type',
    'content-encoding',
    'accept',
    'prefer',
    'cache-control',
    'idempotency-key',
    'x-priority',
    'x-output-name',
    'x-model-version',
  ],
  ...['X-Model-Version', 'Idempotency-Key', 'authorization', 'x-api-key', 'x-request-id', 'origin', 'content-length'],
];
const parameters = [
  ...['status', 'limit', 'cursor', 'format', 'sortBy', 'start', 'publishedState', '__proto__', 'x'],
  ...['q', 'operation', 'model', 'batch', 'seed', 'favourite', 'from', 'to', 'sort', 'changedSince', 'thumbnails'],
];
/** A body that each call takes, by its path. */
const validBodies: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(
    operations.map(({ name, path }) => [
      path,
      operationRequests.filter((each) => each.name === name).map(({ body }) => body),
    ]),
  ),
  '/webhooks': [{ url: 'https://example.com/hook', description: 'a' }],
  '/uploads': [{ contentType: 'image/png' }],
  '/estimates': [{ path: '/v3/images/generate-async', headers: { 'x-priority': 'high' }, body: { prompt: 'a' } }],
  '/jobs/{jobId}/labels': [{ campaign: 'spring' }],
  '/jobs/{jobId}/favourite': [{ favourite: true }],
  '/queue/pause': [{ reason: 'lunch' }],
  '/batches': [
    { requests: [{ body: { prompt: 'a' } }] },
    { source: 's3://outputs-bucket/inbox/alice/a' },
    { operation: 'images/generate', body: { prompt: 'a' } },
  ],
};
const anyBodies = Object.values(validBodies).flat();

/** Draws events that a hostile client could cause, and some that only a hostile caller of the function could. */
const createEvents = (random: () => number, routes: readonly Route[], ids: readonly string[]) => {
  // Not to drown among the calls of services, which are all alike.
  const ownRoutes = routes.filter(({ path }) => !/^\/(v\d|lrService|pie|sensei|services)\//.test(path));
  const below = (count: number) => Math.floor(random() * count);
  const chance = (share: number) => random() < share;
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const text = () => (chance(0.3) ? pick(ids) : pick(junkTexts));
  const inPath = () => (chance(0.5) ? pick(ids.slice(0, ownIds)) : text());
  const junk = (): unknown =>
    pick<() => unknown>([text, () => null, () => below(100) - 50, () => [], () => ({}), () => true])();
  const texts = (names: readonly string[], most: number) =>
    Object.fromEntries(Array.from({ length: below(most + 1) }, () => [pick(names), text()]));

  /** Puts junk in the place of something in a value, or beside it. */
  const spoil = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || chance(0.2)) return junk();
    const names = Object.keys(value);
    const name = names.length === 0 || chance(0.15) ? text() : pick(names);
    if (Array.isArray(value)) return chance(0.5) ? [...value, junk()] : value.map(spoil);
    if (chance(0.15)) return Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
    const inner: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
    return Object.fromEntries([...Object.entries(value), [name, spoil(inner)]]);
  };

  const body = (path: string): string | undefined => {
    if (chance(0.15)) return undefined;
    if (chance(0.15)) return text();
    if (chance(0.03)) return pick(largeBodies)();
    const valid = pick(chance(0.7) ? (validBodies[path] ?? anyBodies) : anyBodies);
    const written = JSON.stringify(chance(0.3) ? valid : spoil(valid)) ?? '';
    return chance(0.05) ? written.slice(0, below(written.length)) : written;
  };

  const call = (): HttpEvent => {
    const { method, path } = pick(chance(0.7) ? ownRoutes : routes);
    const content = ['POST', 'PUT'].includes(method) || chance(0.1) ? body(path) : undefined;
    return httpEvent({
      method: chance(0.1) ? pick(methods) : method,
      path:
        path
          .replace('{index}', chance(0.8) ? '0' : '1')
          .replaceAll(/\{\w+\}/g, () => encodeURI(inPath().toWellFormed()).replaceAll('/', '%2F')) +
        (chance(0.05) ? '/' : ''),
      query: texts(parameters, 3),
      headers: {
        ...(chance(0.8) && {
          'content-type': pick(['application/json', 'text/csv', 'application/x-ndjson', 'image/png']),
        }),
        ...texts(headers, 3),
      },
      body: content,
      isBase64Encoded: chance(0.1),
      caller: chance(0.9) ? 'alice' : text(),
    });
  };

  return (): HttpEvent => {
    if (chance(0.65)) return call();
    if (chance(0.4))
      return httpEvent({ method: pick(methods), path: `/${Array.from({ length: below(5) }, text).join('/')}` });
    // Made by hand: parts are missing, or something else stands in their place.
    const event = spoil(spoil(call()));
    return (typeof event === 'object' && event !== null ? event : {}) as HttpEvent;
  };
};

const startHostileApi = async (): Promise<{ api: TestApi; ids: string[] }> => {
  const api: TestApi = await startApi({
    sleep: async () => api.clock.advance(30_000),
    callAdobe: async ({ method }) => ({
      kind: 'answered',
      status: 200,
      body:
        method === 'GET'
          ? '{"custom_models":[],"voices":[],"avatars":[],"items":[]}'
          : '{"images":[{"id":"7b3c7b9e-5d0f-4b8e-9a43-0d5f1f1f7c11"}]}',
    }),
  });
  const finished: string[] = [];
  for (let count = 0; count < finishedJobs; count += 1) {
    const jobId = await api.submit();
    await api.end(jobId, success(jobId));
    finished.push(jobId);
  }
  const waiting = await api.submit();
  const batch = await api.call({ method: 'POST', path: '/batches', body: { requests: [{ body: { prompt: 'a' } }] } });
  const webhook = await api.call({ method: 'POST', path: '/webhooks', body: { url: 'https://example.com/hook' } });
  return {
    api,
    ids: [...finished, waiting, String(batch.json['batchId']), String(webhook.json['webhookId']), ...jobStates],
  };
};

/**
 * Sends events to the handler.
 *
 * @returns how often each status was answered
 * @throws {Error} with the event, for a 5xx, an answer that is not described or too large, a header with a line break
 */
export const fuzz = async ({ seed, count }: { seed: number; count: number }): Promise<Record<number, number>> => {
  const random = createRandom(seed);
  const statuses: Record<number, number> = {};
  for (let done = 0; done < count; done += requestsPerApi) {
    const { api, ids } = await startHostileApi();
    const next = createEvents(random, createRoutes(api.context), ids);
    for (let index = 0; index < Math.min(requestsPerApi, count - done); index += 1) {
      const event = next();
      const described = JSON.stringify(event)?.slice(0, 3_000);
      const {
        statusCode,
        body,
        headers: sent,
      } = await api.send(event).catch((error: unknown) => {
        throw new Error(`Seed ${seed}, event ${done + index}: ${described}`, { cause: error });
      });
      const isFine =
        statusCode < 500 && body.length < maxAnswerBytes && Object.values(sent).every((value) => !/[\r\n]/.test(value));
      if (!isFine)
        throw new Error(
          `Seed ${seed}, event ${done + index}: ${statusCode} ${body.slice(0, 300)} for ${described}; ${JSON.stringify(api.recorded.logs.at(-1))}`,
        );
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
    }
    await api.close();
  }
  return statuses;
};
