import { ProblemError } from '#functions/api/http/problem.ts';
import { type ClientResponse, readIntegrationResponse } from './integration-response.ts';
import { bodyTooLarge } from './request-body.ts';
import type { HttpApiEvent } from './request-event.ts';

/** Largest event that Lambda takes, in bytes of JSON. */
const payloadLimitBytes = 6 * 1024 * 1024;

/** The function behind the API. */
export interface Integration {
  invokeApi(event: HttpApiEvent): Promise<unknown>;
  /** Longest time it may take, in milliseconds. */
  timeoutMs: number;
  /** Receives what the function or its answer failed with; the client is told nothing of it. */
  onError(error: unknown): void;
}

/**
 * Sends an event to the function and reads its answer, within API Gateway's limits.
 *
 * @throws {ProblemError} 413 event too large, 500 the function failed or answered nonsense, 503 it took too long
 */
export const callIntegration = async (integration: Integration, event: HttpApiEvent): Promise<ClientResponse> => {
  if (Buffer.byteLength(JSON.stringify(event)) > payloadLimitBytes) throw bodyTooLarge(payloadLimitBytes);
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new ProblemError(503, 'integration_timeout', 'The request took too long.')),
    integration.timeoutMs,
  ).unref();
  try {
    return readIntegrationResponse(await Promise.race([integration.invokeApi(event), timeout]));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    integration.onError(error);
    throw new ProblemError(500, 'internal_error', 'The gateway could not handle the request.');
  } finally {
    clearTimeout(timer);
  }
};
