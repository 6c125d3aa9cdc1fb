import { callAdobe, NoAnswerError } from '../http/client.ts';
import { type AdobeError, readAdobeError } from '../http/errors.ts';

/** Whether Firefly lets a token in. `unavailable`: it could not tell for now. */
export type FireflyAccess = { kind: 'accepted' } | { kind: 'refused' | 'unavailable'; error: AdobeError };

/** The id of a job that no one has: asking for it costs nothing and is answered 404 to whom Firefly knows. */
const absentJob = 'urn:ff:jobs:none:00000000-0000-4000-8000-000000000000';

/**
 * Asks Firefly for the status of a job that does not exist: a real, authenticated call that changes nothing.
 *
 * @param options.baseUrl origin, such as `https://firefly-api.adobe.io`
 */
export const checkFireflyAccess = async (options: {
  baseUrl: string;
  token: { accessToken: string; clientId: string; expiresAt: number };
  timeoutMs: number;
}): Promise<FireflyAccess> => {
  const { baseUrl, token, timeoutMs } = options;
  try {
    const { status, body } = await callAdobe({
      method: 'GET',
      url: new URL(`/v3/status/${absentJob}`, baseUrl).href,
      token: { ...token, scope: '', versionId: '' },
      timeoutMs,
    });
    const error = readAdobeError(status, body);
    if (status === 401 || status === 403) return { kind: 'refused', error };
    return status === 408 || status === 429 || status >= 500 ? { kind: 'unavailable', error } : { kind: 'accepted' };
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return { kind: 'unavailable', error: { status: 0, code: 'no_answer', message: error.message } };
  }
};
