import { fetchApi } from '../../api/client.ts';
import type { SentRequest } from '../draft/draft.ts';
import type { Operation } from '../schema/operations.ts';

/**
 * Sends a request; the same one again, after an answer that was lost or by a double click, is the same job.
 *
 * @param headers with those that are secret
 * @returns the id of its job
 * @throws {ApiProblem} if it is refused
 */
export const sendRequest = async (
  { path }: Operation,
  { body, headers }: { body: unknown; headers: Readonly<Record<string, string>> },
  { idempotencyKey }: SentRequest,
): Promise<string> => {
  const answer = await fetchApi(path, {
    method: 'POST',
    body,
    headers: { ...headers, 'idempotency-key': idempotencyKey },
  });
  const jobId = findJobId(answer.headers.get('link') ?? (await answer.text()));
  if (jobId === undefined)
    throw new Error('The gateway took the request, but its answer names no job. Look at the wall.');
  return jobId;
};

/** The id in the addresses that every service answers with, whatever the form of its body. */
export const findJobId = (links: string): string | undefined =>
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(links)?.[0];
