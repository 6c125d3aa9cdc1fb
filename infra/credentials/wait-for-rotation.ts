import type { SecretRotationStatus } from '#shared/aws/status-items.ts';
import { RotationFailedError } from './errors.ts';
import type { Session } from './session.ts';

/** What waiting for a rotation needs of a session. */
type RotationSession = Pick<Session, 'secret' | 'status' | 'output' | 'clock' | 'sleep'>;

/** The status of the rotation before this one began; what differs later is about this one. */
export type StatusBefore = SecretRotationStatus | undefined;

const pollMs = 500;

/** Four steps, each of which may wait until Adobe has propagated the new secret. */
const maxRotationMs = 15 * 60_000;

/** How long the label of a rotation may be missing before it has failed without a word. */
const silenceMs = 15_000;

/**
 * Waits for the end of a rotation and reports its progress.
 *
 * @param versionId the version that is to become the current one; undefined if it has lost its label already
 * @throws {RotationFailedError} with the reason that the rotation left, or if it does not end
 */
export const waitForRotation = async (
  session: RotationSession,
  versionId: string | undefined,
  before: StatusBefore,
): Promise<void> => {
  const { secret, output, clock, sleep } = session;
  const startedAt = clock.now();
  const deadline = startedAt + maxRotationMs;
  let lastSeenAt = startedAt;
  let promoted = false;
  while (clock.now() < deadline) {
    const { currentVersionId, pendingVersionId } = await secret.readLabels();
    const isCurrent = versionId !== undefined && currentVersionId === versionId;
    const isPending = versionId !== undefined && pendingVersionId === versionId;
    if (isCurrent && !promoted) output.say('  the new client secret works and is the current one');
    promoted = isCurrent;
    if (isCurrent && !isPending) return reportEnd(session, before);
    if (isPending) lastSeenAt = clock.now();
    else await throwIfFailed(session, before, clock.now() - lastSeenAt > silenceMs);
    await sleep(pollMs);
  }
  throw new RotationFailedError(
    'The rotation has not ended within 15 minutes. Secrets Manager goes on trying; the daily run repairs what is left. ' +
      'See /health/details, or the log of the rotation function.',
  );
};

const isNew = (now: StatusBefore, before: StatusBefore): now is SecretRotationStatus =>
  now !== undefined && now.lastRunAt !== before?.lastRunAt;

const throwIfFailed = async ({ status }: RotationSession, before: StatusBefore, silent: boolean): Promise<void> => {
  const now = await status.readSecretRotation();
  if (isNew(now, before) && now.lastRotationFailed) {
    throw new RotationFailedError(`The rotation failed (${now.error?.code}): ${now.error?.message}`);
  }
  if (silent)
    throw new RotationFailedError('The rotation has ended without a new client secret; see the log of its function.');
};

/** The rotation has written its status a moment after its last label was taken off. */
const reportEnd = async (session: RotationSession, before: StatusBefore): Promise<void> => {
  const { status, secret, output, clock, sleep } = session;
  const deadline = clock.now() + silenceMs;
  let now = await status.readSecretRotation();
  while (now?.lastRotationAt === before?.lastRotationAt && clock.now() < deadline) {
    await sleep(pollMs);
    now = await status.readSecretRotation();
  }
  output.say('  the access token is minted anew');
  const { credentials } = await secret.readCurrent();
  if (credentials) output.conceal(credentials.clientSecret);
  output.say(`The current client secret is ${credentials?.secretUuid}.`);
  if (now?.nextRotationAt) output.say(`Next rotation: ${now.nextRotationAt}.`);
};
