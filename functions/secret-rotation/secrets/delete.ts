import { RotationError } from '../errors.ts';
import type { Run } from '../lease.ts';
import type { Management, RotatableVersion } from '../management.ts';

/**
 * Deletes a client secret at Adobe for good; the only place that does. Just before, it makes sure that the secret is
 * neither the current one nor the only one, that Adobe lists the current one, and that no one has stored another
 * current one meanwhile.
 *
 * @param currentUuid the current secret, which must stay
 * @throws {RotationError} `deletion_refused` if one of these is not so
 */
export const deleteSecret = async (
  run: Run,
  management: Management,
  current: RotatableVersion,
  currentUuid: string,
  uuid: string,
): Promise<void> => {
  const { secrets, log } = run.ports;
  const refuse = (why: string) => new RotationError('deletion_refused', `The client secret ${uuid} stays: ${why}.`);
  if (uuid === currentUuid) throw refuse('it is the current one');
  const stored = await secrets.readCurrent();
  if (stored.versionId !== current.versionId) throw refuse('another version has just become the current one');
  const listed = (await management.list()).secrets.map((secret) => secret.uuid);
  if (!listed.includes(currentUuid)) throw refuse('Adobe does not list the current one');
  if (!listed.includes(uuid)) return;
  await run.lease.extend();
  await management.delete(uuid);
  log.info('Deleted a client secret at Adobe.', { secretUuid: uuid });
};
