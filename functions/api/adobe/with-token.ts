import {
  type AccessToken,
  type AccessTokenCache,
  NotConfiguredError,
  TokenUnavailableError,
} from '#shared/adobe/auth/access-token.ts';
import { ProblemError } from '../http/problem.ts';

/**
 * Asks Adobe something with the gateway's token, and once more if another one is there after a refusal.
 *
 * @throws {ProblemError} 503 if there is no token that Adobe takes
 */
export const withToken = async <Outcome extends { kind: string }>(
  tokens: AccessTokenCache,
  ask: (token: AccessToken) => Promise<Outcome>,
): Promise<Outcome> => {
  try {
    const token = await tokens.get();
    const outcome = await ask(token);
    return outcome.kind === 'token_refused' ? await ask(await tokens.refused(token.versionId)) : outcome;
  } catch (error) {
    if (error instanceof TokenUnavailableError || error instanceof NotConfiguredError) throw unavailable(60_000);
    throw error;
  }
};

/** The answer while Adobe cannot be asked. */
export const unavailable = (retryAfterMs = 5_000): ProblemError =>
  new ProblemError(503, 'service_unavailable', 'Adobe cannot be asked just now: try again.', {
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  });
