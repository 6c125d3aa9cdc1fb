import { InvalidRequestException } from '@aws-sdk/client-secrets-manager';
import { RotationFailedError } from './errors.ts';
import { readConfigured, type Session } from './session.ts';
import { waitForRotation } from './wait-for-rotation.ts';

/** Rotates the client secret now and waits for the end. @throws {RotationFailedError} with the reason */
export const rotateNow = async (session: Session): Promise<void> => {
  const { secret, output } = session;
  await readConfigured(session);
  if (await endPending(session)) return;
  const before = await session.status.readSecretRotation();
  output.say('Rotating the client secret.');
  await waitForRotation(session, await startRotation(session), before);
  const { credentials } = await secret.readCurrent();
  const previous = credentials?.replacedSecretUuid;
  const retiresAt = (await session.status.readSecretRotation())?.previousRetiresAt;
  if (previous) output.say(`The previous one, ${previous}, is deleted at Adobe after ${retiresAt}, once it is unused.`);
};

/**
 * Starts a rotation.
 *
 * @returns the version that is to become the current one
 * @throws {RotationFailedError} if Secrets Manager refuses, as while another one is unfinished
 */
export const startRotation = async ({ secret }: Session): Promise<string> => {
  try {
    return await secret.rotate();
  } catch (error) {
    if (!(error instanceof InvalidRequestException)) throw error;
    throw new RotationFailedError(`Secrets Manager does not rotate the secret: ${error.message}`);
  }
};

/**
 * Waits for a rotation that is under way, and repairs one that a crash left, as the daily run does: its label is taken
 * off, what it made at Adobe is deleted, and a new rotation is begun.
 *
 * @returns whether there is a new client secret now
 * @throws {RotationFailedError} if the new rotation failed
 */
export const endPending = async (session: Session): Promise<boolean> => {
  const { secret, output } = session;
  const { pendingVersionId, currentVersionId } = await secret.readLabels();
  if (pendingVersionId === undefined) return false;
  output.say(
    `The rotation ${pendingVersionId} is under way, or was left by a crash (AWSPENDING): waiting, or repairing it.`,
  );
  await runDaily(session);
  return (await secret.readLabels()).currentVersionId !== currentVersionId;
};

/**
 * Has the daily run repair and bring up to date what it can, and waits for the rotation that it begins if the last one
 * had failed.
 *
 * @throws {RotationFailedError} if that rotation failed, too
 */
export const runDaily = async (session: Session): Promise<void> => {
  const { secret, functions, status, output } = session;
  const { currentVersionId } = await secret.readLabels();
  const before = await status.readSecretRotation();
  const { rotatesAgain, foreignSecretUuids } = await functions.runDaily();
  for (const uuid of foreignSecretUuids) {
    output.complain(
      `Note: Adobe also lists the client secret ${uuid}, which the gateway did not make. A rotation needs its place: ` +
        'if nothing uses it, delete it in the Developer Console.',
    );
  }
  if (!rotatesAgain) return;
  output.say('The last rotation had failed: it is begun anew.');
  const now = await secret.readLabels();
  const isDone = now.pendingVersionId === undefined && now.currentVersionId !== currentVersionId;
  if (!isDone) await waitForRotation(session, now.pendingVersionId, before);
};
