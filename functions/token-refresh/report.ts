import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { MalformedSecretError } from '#shared/adobe/auth/stored-credentials.ts';
import type { StatusItems, TokenRefreshStatus } from '#shared/aws/status-items.ts';
import type { Clock } from '#shared/clock.ts';
import { metricNames } from '#shared/metrics.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';
import type { Refreshed } from './refresh-token.ts';
import type { TokenStore, TokenVersion } from './token-store.ts';

/** Where a run of the token refresh tells how it went. */
export interface Reporting {
  status: Pick<StatusItems, 'readTokenRefresh' | 'writeTokenRefresh'>;
  log: Log;
  recordMetric: RecordMetric;
  clock: Clock;
}

/** The function's answer; it holds no secret and no token. */
export interface RefreshReport {
  minted: boolean;
  reason: Refreshed['reason'];
  versionId?: string;
  /** Epoch ms. */
  expiresAt?: number;
  secondsLeft: number;
}

const malformedSecret = 'malformed_secret';

/** Tells log, metric and status item what a run did. */
export const reportRefreshed = async (reporting: Reporting, refreshed: Refreshed): Promise<RefreshReport> => {
  const { status, log, clock } = reporting;
  const { minted, reason, stored, outcome } = refreshed;
  const lastRunAt = new Date(clock.now()).toISOString();
  if (reason === 'not_configured') {
    log.warn('The Adobe credentials are not configured yet.');
    await status.writeTokenRefresh({ state: 'not_configured', lastRunAt });
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
    lastRunAt,
    lastMintAt: minted ? lastRunAt : before?.lastMintAt,
    tokenExpiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
  });
  const secondsLeft = recordSecondsLeft(reporting, stored);
  log.info('Token refresh done.', { minted, reason, secondsLeft, versionId: stored?.versionId });
  return { minted, reason, versionId: stored?.versionId, expiresAt, secondsLeft };
};

/** Tells log, metric and status item why a run failed. */
export const reportFailure = async (
  reporting: Reporting,
  error: unknown,
  store: Pick<TokenStore, 'readToken'>,
): Promise<void> => {
  const { status, log, clock } = reporting;
  const { code, message } = describe(error);
  log.error('The token refresh failed.', { code, reason: message });
  const before = await status.readTokenRefresh();
  await status.writeTokenRefresh({
    ...before,
    state: 'failing',
    lastRunAt: new Date(clock.now()).toISOString(),
    error: { code, message },
  });
  recordSecondsLeft(reporting, await store.readToken());
};

const recordSecondsLeft = ({ recordMetric, clock }: Reporting, stored: TokenVersion | undefined): number => {
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
  if (!minted && before?.state === 'failing' && before.error?.code !== malformedSecret) {
    return { state: 'failing', error: before.error };
  }
  return { state: 'ok' };
};

const describe = (error: unknown): { code: string; message: string } => {
  if (error instanceof ImsError) return { code: error.code, message: error.message };
  if (error instanceof MalformedSecretError) return { code: malformedSecret, message: error.message };
  return error instanceof Error
    ? { code: error.name, message: error.message }
    : { code: 'unknown', message: 'The token refresh failed.' };
};
