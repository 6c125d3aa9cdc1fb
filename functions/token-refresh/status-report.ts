import type { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { TokenRefreshStatus } from '#shared/aws/status-items.ts';
import { describeError } from '#shared/errors.ts';
import { metricNames } from '#shared/metrics.ts';
import { checkServices } from './check-services.ts';
import type { TokenRefreshContext } from './context.ts';
import type { Refreshed } from './refresh-token.ts';
import type { TokenVersion } from './token-store.ts';

/** The function's answer; it holds no secret and no token. */
export interface RefreshReport {
  minted: boolean;
  reason: Refreshed['reason'];
  versionId?: string;
  /** Epoch ms. */
  expiresAt?: number;
  secondsLeft: number;
}

/** Reports to log, metric and status item what a run did. */
export const reportRefreshed = async (context: TokenRefreshContext, refreshed: Refreshed): Promise<RefreshReport> => {
  const { status, log, clock } = context;
  const { minted, reason, stored, outcome } = refreshed;
  const lastRunAt = new Date(clock.now()).toISOString();
  if (reason === 'not_configured') {
    log.warn('The Adobe credentials are not configured yet.');
    await status.writeTokenRefresh({ state: 'not_configured', lastRunAt });
    recordCompleted(context);
    return { minted, reason, secondsLeft: 0 };
  }

  const refusal = outcome?.currentSecretRefused;
  if (refusal) {
    log.error('Adobe refuses the current client secret; the token was minted with the previous one.', {
      code: refusal.code,
    });
  }
  const before = await status.readTokenRefresh();
  const expiresAt = stored?.token?.expiresAt;
  await status.writeTokenRefresh({
    ...outcomeState(before, minted, refusal),
    services: minted && stored?.token ? await checkServices(context, stored.token, lastRunAt) : before?.services,
    lastRunAt,
    lastMintAt: minted ? lastRunAt : before?.lastMintAt,
    tokenExpiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
  });
  const secondsLeft = recordSecondsLeft(context, stored);
  recordCompleted(context);
  log.info('Token refresh done.', { minted, reason, secondsLeft, versionId: stored?.versionId });
  return { minted, reason, versionId: stored?.versionId, expiresAt, secondsLeft };
};

/** Reports to log, metric and status item why a run failed. */
export const reportFailure = async (context: TokenRefreshContext, error: unknown): Promise<void> => {
  const { store, status, log, clock } = context;
  const { code, message } = describeError(error, 'The token refresh failed.');
  log.error('The token refresh failed.', { code, reason: message });
  const before = await status.readTokenRefresh();
  await status.writeTokenRefresh({
    ...before,
    state: 'failing',
    lastRunAt: new Date(clock.now()).toISOString(),
    error: { code, message },
  });
  recordSecondsLeft(context, await store.readToken());
};

const recordCompleted = ({ recordMetric }: TokenRefreshContext): void =>
  recordMetric(metricNames.runsCompleted, 1, { run: 'token-refresh' });

const recordSecondsLeft = ({ recordMetric, clock }: TokenRefreshContext, stored: TokenVersion | undefined): number => {
  const secondsLeft = Math.max(0, Math.floor(((stored?.token?.expiresAt ?? 0) - clock.now()) / 1000));
  recordMetric(metricNames.tokenSecondsLeft, secondsLeft);
  return secondsLeft;
};

const outcomeState = (
  before: TokenRefreshStatus | undefined,
  minted: boolean,
  refusal: ImsError | undefined,
): Pick<TokenRefreshStatus, 'state' | 'error'> => {
  if (refusal) return { state: 'failing', error: { code: 'current_secret_refused', message: refusal.message } };
  // A run that had nothing to mint proves nothing about the credentials, so it does not clear what a mint found.
  if (!minted && before?.state === 'failing' && before.error?.code !== 'malformed_secret') {
    return { state: 'failing', error: before.error };
  }
  return { state: 'ok' };
};
