import { recordAudit } from '#shared/audit/trail.ts';
import { type Caller, isCallerId } from '#shared/callers/caller.ts';
import { findSecret } from '#shared/callers/caller-secret.ts';
import { getCaller, recordSecretUse } from '#shared/callers/caller-store.ts';
import { type AttemptSource, forgetFailures, readDelayMs, recordFailure } from '#shared/callers/failed-attempts.ts';
import { signCallerToken } from '#shared/callers/token.ts';
import { metricNames } from '#shared/metrics.ts';
import type { CallerTokenContext } from './context.ts';
import { ImsRefusal } from './ims-response.ts';
import type { TokenRequest } from './token-request.ts';

/** The answer of Adobe IMS. */
export interface IssuedToken {
  access_token: string;
  token_type: 'bearer';
  /** Seconds; one less than the token lives, as at Adobe. */
  expires_in: number;
}

// A refusal takes as long whatever is wrong: what is no id is looked up and recorded as well.
const nobody = `fgw_${'0'.repeat(24)}`;

// Everybody can make ids up: all of them have one entry an hour in the trail.
const unknownCaller = 'unknown';

/**
 * Issues a token for the id and secret of a caller. Reads and writes are the same for an unknown id as for a wrong secret.
 *
 * @param address of the client; failed attempts are counted by it
 * @throws {ImsRefusal} 400 `invalid_client` or `unauthorized_client`, 429 after too many failures, 503 before the first key
 */
export const issueToken = async (
  context: CallerTokenContext,
  { clientId, clientSecret, scope }: TokenRequest,
  address: string,
): Promise<IssuedToken> => {
  const { table, issuer, audience, lifetimeSeconds, log } = context;
  const caller = await getCaller(table, isCallerId(clientId) ? clientId : nobody);
  const source: AttemptSource = { callerId: caller?.callerId, address };
  await refuseWhileDelayed(context, source);

  const secretId = findSecret(caller, clientSecret);
  if (caller === undefined || secretId === undefined) {
    await recordFailure(table, source);
    context.recordMetric(metricNames.callerTokensRefused, 1);
    log.warn('Refused a token: unknown id or wrong secret.', { caller: caller?.callerId });
    await recordRefusal(context, caller?.callerId ?? unknownCaller, 'invalid_client');
    throw new ImsRefusal('invalid_client', `invalid ${caller === undefined ? 'client_id' : 'client_secret'} parameter`);
  }
  if (caller.disabled) {
    await recordRefusal(context, caller.callerId, 'unauthorized_client');
    throw new ImsRefusal('unauthorized_client', 'the client is disabled');
  }

  const key = await context.readSigningKey();
  if (key === undefined) {
    throw new ImsRefusal('temporarily_unavailable', 'the signing key is being made; try again in a minute', {
      status: 503,
      retryAfterSeconds: 60,
    });
  }
  const token = await signCallerToken(key, {
    issuer,
    audience,
    callerId: caller.callerId,
    secretId,
    scope,
    lifetimeSeconds,
    clock: table.clock,
  });
  await noteSuccess(context, caller, secretId);
  return { access_token: token, token_type: 'bearer', expires_in: lifetimeSeconds - 1 };
};

const recordRefusal = ({ audit }: CallerTokenContext, actor: string, code: string): Promise<void> =>
  recordAudit(
    audit,
    { actorKind: 'caller', actor, action: 'sign-in refused', object: {}, outcome: 'refused', code },
    { hourly: true },
  );

const refuseWhileDelayed = async ({ table, log }: CallerTokenContext, source: AttemptSource): Promise<void> => {
  const delayMs = await readDelayMs(table, source);
  if (delayMs === 0) return;
  const retryAfterSeconds = Math.ceil(delayMs / 1000);
  log.warn('Refused a token: too many failed attempts.', { caller: source.callerId, retryAfterSeconds });
  throw new ImsRefusal('too_many_requests', `too many failed attempts; try again in ${retryAfterSeconds} s`, {
    status: 429,
    retryAfterSeconds,
  });
};

// What is noted is for operators to see: a caller with the right secret gets its token without it as well.
const noteSuccess = async (
  { table, log }: CallerTokenContext,
  { callerId }: Caller,
  secretId: string,
): Promise<void> => {
  try {
    await Promise.all([recordSecretUse(table, callerId, secretId), forgetFailures(table, callerId)]);
  } catch (error) {
    log.warn('The use of a secret could not be noted.', {
      caller: callerId,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
};
