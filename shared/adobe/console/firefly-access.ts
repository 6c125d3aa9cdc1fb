import { callOnce } from '../http/call.ts';
import type { AdobeError } from '../http/errors.ts';
import { firefly } from '../services/firefly/service.ts';

/** Whether Firefly lets a token in. `unavailable`: Firefly gave no verdict for now. */
export type FireflyAccess =
  | { kind: 'accepted' }
  | { kind: 'refused' | 'unavailable'; error: Pick<AdobeError, 'code' | 'message' | 'status'> };

/** The id of a job that does not exist: Firefly answers 404 to a token that it lets in, and the call costs nothing. */
const absentJob = 'urn:ff:jobs:none:00000000-0000-4000-8000-000000000000';

/**
 * Asks Firefly for the status of a job that does not exist: a real, authenticated call that changes nothing.
 *
 * @param options.baseUrl origin, such as `https://firefly-api.adobe.io`
 */
export const checkFireflyAccess = async (options: {
  baseUrl: string;
  token: { accessToken: string; clientId: string };
  timeoutMs: number;
}): Promise<FireflyAccess> => {
  const { baseUrl, token, timeoutMs } = options;
  const url = new URL(firefly.statusPath.replace('{jobId}', absentJob), baseUrl).href;
  const outcome = await callOnce({ method: 'GET', url, timeoutMs }, token, Date.now);
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'accepted' };
    case 'token_refused':
      return { kind: 'refused', error: outcome.error };
    case 'refused':
      return outcome.error.status === 403 ? { kind: 'refused', error: outcome.error } : { kind: 'accepted' };
    case 'unavailable':
      return { kind: 'unavailable', error: outcome.error };
    default:
      return { kind: 'unavailable', error: { status: 0, code: 'no_answer', message: outcome.reason } };
  }
};
