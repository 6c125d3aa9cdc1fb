import { callOnce } from '../http/call.ts';
import type { AdobeError } from '../http/errors.ts';

/** Whether a service lets a token in. `unavailable`: the service gave no verdict for now. */
export type ServiceAccess =
  | { kind: 'accepted' }
  | { kind: 'refused' | 'unavailable'; error: Pick<AdobeError, 'code' | 'message' | 'status'> };

/**
 * Asks a service for the status of a job that does not exist: a real, authenticated call that changes nothing.
 *
 * @param options.url where a service that lets the token in answers 404, and the call costs nothing
 */
export const checkServiceAccess = async (options: {
  url: string;
  token: { accessToken: string; clientId: string };
  timeoutMs: number;
}): Promise<ServiceAccess> => {
  const { url, token, timeoutMs } = options;
  const outcome = await callOnce({ method: 'GET', url, timeoutMs }, token, Date.now);
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'accepted' };
    case 'token_refused':
      return { kind: 'refused', error: outcome.error };
    case 'refused':
      // A 401 that is about no token is about rights.
      return [401, 403].includes(outcome.error.status)
        ? { kind: 'refused', error: outcome.error }
        : { kind: 'accepted' };
    case 'unavailable':
      return { kind: 'unavailable', error: outcome.error };
    default:
      return { kind: 'unavailable', error: { status: 0, code: 'no_answer', message: outcome.reason } };
  }
};
