import { setTimeout as sleep } from 'node:timers/promises';
import { StartSettingError } from './adobe-target.ts';
import { FunctionError } from './lambda/errors.ts';
import type { Lambda } from './lambda/start-lambda.ts';
import { stackNames } from './stack-settings.ts';

export interface TokenOptions {
  /** Whether the start goes on without a new token, as jobs of an earlier process wait for one. */
  mayWait: boolean;
  /** Receives why there is no new token, and that there is one at last. */
  onWarning?: ((line: string) => void) | undefined;
  /** Before the first repetition, in ms; doubled up to a minute. */
  retryMs?: number;
}

/** The attempts to get an access token that a start has left open. */
export interface TokenAttempts {
  close(): Promise<void>;
}

// A start on a folder does not wait for an IMS that does not answer.
const maxWaitMs = 5_000;
const maxRetryMs = 60_000;

/**
 * Has the first access token fetched. Where jobs wait for it, the start goes on without one, and it is tried again until it
 * succeeds: a failure of Adobe must not keep the gateway, its console and its records down.
 *
 * @throws {StartSettingError} if Adobe refuses the credentials or cannot be reached, and nothing may wait
 */
export const startToken = async (
  lambda: Pick<Lambda, 'invoke'>,
  { mayWait, onWarning = () => {}, retryMs = 5_000 }: TokenOptions,
): Promise<TokenAttempts> => {
  const closing = new AbortController();
  const first = refreshToken(lambda);
  const attempts: TokenAttempts = { close: async () => closing.abort() };
  if (!mayWait) {
    await first;
    return attempts;
  }
  let warned = false;
  const warn = (reason: string) => {
    if (!warned && !closing.signal.aborted)
      onWarning(`${reason}\nJobs wait for it; it is tried again until there is one.`);
    warned = true;
  };
  const insist = async () => {
    let token = first;
    for (let waitMs = retryMs; ; waitMs = Math.min(waitMs * 2, maxRetryMs)) {
      try {
        await token;
        if (warned) onWarning('There is an access token now.');
        return;
      } catch (error) {
        warn(error instanceof Error ? error.message : String(error));
      }
      await sleep(waitMs, undefined, { ref: false, signal: closing.signal });
      token = refreshToken(lambda);
    }
  };
  const open = insist().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error;
  });
  const late = sleep(maxWaitMs, 'late', { ref: false, signal: closing.signal });
  await Promise.race([open, first.catch(() => {}), late]).then((result) => {
    if (result === 'late') warn('There is no new access token yet: Adobe does not answer.');
  });
  return attempts;
};

const refreshToken = async (lambda: Pick<Lambda, 'invoke'>): Promise<void> => {
  try {
    await lambda.invoke(stackNames.functions['token-refresh'], {});
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new StartSettingError(
      `There is no access token: ${error.failure.errorMessage}\nCheck FIREFLY_SERVICES_CLIENT_ID, FIREFLY_SERVICES_CLIENT_SECRET and, if set, ADOBE_IMS_URL.`,
    );
  }
};
