import { documentCalls } from '#shared/adobe/services/photoshop/legacy/documents.ts';
import { endedCalls } from '#shared/adobe/services/photoshop/legacy/ended.ts';
import { lightroomCalls } from '#shared/adobe/services/photoshop/legacy/lightroom.ts';
import { operations, services } from '#shared/adobe/services/registry.ts';
import { sources } from './another-callers-files.ts';
import type { TestRequest } from './http-event.ts';

/** An id of an upload at Adobe that belongs to the victim. */
export const adobeUpload = '0b5a3f5e-6d1c-4a60-9f0e-000000000001';

const spellings = (id: string): string[] => [id, id.toUpperCase(), `${id}%20`, `${id}%00`, `%2e%2e/${id}`];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];

/** A request, and what it may be answered with if it is refused. */
export type Probe = TestRequest & { mayAnswer?: readonly number[] };

// What is asked of one thing of the victim's: it is as if there were none.
const absent = [400, 404, 405] as const;

/** By any method, and any spelling of the ids. */
export const onEach = (template: string, ids: readonly string[]): Probe[] =>
  ids.flatMap(spellings).flatMap((id) =>
    methods.map((method) => ({
      method,
      path: template.replace(/\{\w+\}/, id).replace('{index}', '0'),
      mayAnswer: absent,
    })),
  );

const similar = (path: string, source: unknown): Probe => ({
  method: 'POST',
  path,
  body: { image: { source }, mask: { source }, outputs: [{ mediaType: 'image/png' }] },
  mayAnswer: [400, 403, 404, 422],
});

type Jobs = Parameters<typeof sources>[0] & { waiting: string; done: string };

/** The calls that make jobs: each takes images, keys and a caller's earlier outputs. */
const generation = (own: Jobs, path: string): Probe[] => [
  ...sources(own).map((url) => similar(path, { url })),
  ...[`job:${own.done}/0`, `job:${own.done.toUpperCase()}/0`, `job:${own.waiting}/0`].map((url) =>
    similar(path, { url }),
  ),
  similar(path, { uploadId: adobeUpload }),
  similar(path, { uploadId: adobeUpload.toUpperCase() }),
];

const generations: ReadonlySet<string> = new Set(
  operations.flatMap(({ path, waitPath = path }) => [`POST ${path}`, `POST ${waitPath}`]),
);

/** Routes of the operations, which are definitions. */
const isGeneration = (route: string): boolean => generations.has(route);

/** The ended calls that are answered, by the inputs of the victim's; those that are not say so. */
const legacy: ReadonlyMap<string, (own: Jobs) => Probe[]> = new Map([
  ...[...lightroomCalls, ...documentCalls].map(({ path }): [string, (own: Jobs) => Probe[]] => [
    `POST ${path}`,
    (own) =>
      [...sources(own), `job:${own.done}/0`].map((href) => ({
        method: 'POST',
        path,
        body: legacyBody(href),
        mayAnswer: [403, 422],
      })),
  ]),
  ...endedCalls.map(({ path }): [string, (own: Jobs) => Probe[]] => [
    `POST ${path}`,
    () => [{ method: 'POST', path, mayAnswer: [410] }],
  ]),
]);

const legacyBody = (href: string) => ({
  inputs: { href, storage: 'external' },
  outputs: [{ href: 'https://example.com/out.png', storage: 'external', type: 'image/png' }],
});

const lists: ReadonlySet<string> = new Set(
  services.flatMap((service) => (service.lists ?? []).map(({ path }) => `GET ${path}`)),
);

/**
 * What is tried by the routes that make jobs, follow and cancel them; undefined if the route is none of them.
 *
 * @param route such as `POST /v2/edit`
 */
export const findJobProbes = (route: string): ((own: Jobs) => Probe[]) | undefined => {
  const [, path = ''] = route.split(' ');
  if (isGeneration(route)) return (own) => generation(own, path);
  // Ask Adobe, and know no callers.
  if (lists.has(route)) return () => [];
  const own = legacy.get(route);
  if (own !== undefined || !path.includes('{jobId}')) return own;
  return ({ waiting, done }) => onEach(path, [waiting, done]);
};
