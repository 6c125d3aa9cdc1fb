import { expect } from 'vitest';
import type { SendOptions, World } from './world.ts';

/** What somebody does with a gateway. */
export type Run = (world: World) => Promise<void>;

export const json = async (answer: Response | Promise<Response>) =>
  (await (await answer).json()) as Record<string, unknown>;

/** The id of a job that has ended. */
export const ended = async (world: World, answer: Promise<Response>, caller?: string): Promise<string> => {
  const { jobId } = await json(answer);
  await world.dispatchUntil(async () => {
    const { status } = await json(world.send('GET', `/jobs/${jobId}`, undefined, { caller }));
    expect(status).toMatch(/succeeded|failed|cancelled/);
  });
  return String(jobId);
};

export const generate = (world: World, body: object = {}, options: SendOptions = {}): Promise<Response> =>
  world.send(
    'POST',
    '/v3/images/generate-async',
    { prompt: 'a kite', size: { width: 1024, height: 1024 }, ...body },
    { expects: 202, ...options },
  );

/** Follows a redirect to a presigned URL. */
export const download = async (world: World, path: string): Promise<void> => {
  const { status, headers } = await world.send('GET', path);
  expect([path, status]).toEqual([path, 302]);
  expect([path, (await fetch(headers.get('location') ?? '')).status]).toEqual([path, 200]);
};

export const thumbnailIsThere = (world: World, jobId: string, caller?: string) =>
  expect
    .poll(async () => (await world.send('GET', `/jobs/${jobId}/outputs/0?width=256`, undefined, { caller })).status, {
      timeout: 120_000,
      interval: 500,
    })
    .toBe(302);
