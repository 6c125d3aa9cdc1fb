import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { describeSecret } from '#shared/adobe/console/listed-secrets.ts';
import { type ClientSecrets, readClientSecrets } from './client-secrets.ts';
import { CredentialsError, RotationFailedError, UsageError } from './errors.ts';
import { endPending, startRotation } from './rotate.ts';
import type { Session } from './session.ts';
import { verifyDead } from './verify-dead.ts';
import { waitForRotation } from './wait-for-rotation.ts';

/**
 * Kills a leaked client secret: if it is the current one, a new one takes its place first, so that work goes on; then it
 * is deleted at Adobe regardless of its grace and use, and Adobe is asked whether it is dead. Every step may be broken off
 * and the command run again.
 *
 * @throws {CredentialsError} saying what stands in the way; the leaked secret is alive then
 */
export const killCompromised = async (session: Session): Promise<void> => {
  const { output, clock } = session;
  const found = await readListed(session);
  const leaked = await confirm(session, found);
  const startedAt = clock.now();
  const value = found.values.get(leaked);
  await endPending(session);
  const now = await readClientSecrets(session);
  const isCurrent = leaked === now.current.uuid;
  if (isCurrent) await replaceCurrent(session, now);
  if (isCurrent || leaked === now.previous?.uuid) await deleteAtAdobe(session, leaked);
  await verifyDead(session, leaked, value ?? now.values.get(leaked));
  output.say(`The client secret ${leaked} is dead. It took ${((clock.now() - startedAt) / 1000).toFixed(1)} s.`);
  showWhatRemains(session, now, leaked);
};

const readListed = async (session: Session): Promise<ClientSecrets> => {
  try {
    return await readClientSecrets(session);
  } catch (error) {
    if (!(error instanceof ImsError) || error.kind !== 'invalid_client') throw error;
    throw new CredentialsError(
      `${error.message} The stored client secret is dead already, and with it the gateway: make a new one in the ` +
        'Developer Console and run "npm run credentials".',
    );
  }
};

const showListed = ({ output }: Session, { current, previous, others }: ClientSecrets): void => {
  output.say('Adobe lists:');
  output.say(`  current   ${describeSecret(current)}`);
  if (previous) output.say(`  previous  ${describeSecret(previous)}`);
  for (const other of others) output.say(`  unknown   ${describeSecret(other)}`);
};

/** @returns the uuid of the leaked secret, which is one of the gateway's */
const confirm = async (session: Session, found: ClientSecrets): Promise<string> => {
  const { options, prompt } = session;
  const { current, previous, others, replacedUuids } = found;
  showListed(session, found);
  if (options.yes) return current.uuid;
  const leaked = options.confirm ?? (await prompt?.ask(question(found)));
  if (leaked === undefined) {
    throw new UsageError('Nobody can be asked here: name the leaked client secret with --confirm UUID, or give --yes.');
  }
  if (leaked === current.uuid || leaked === previous?.uuid || replacedUuids.includes(leaked)) return leaked;
  if (others.some(({ uuid }) => uuid === leaked)) {
    throw new CredentialsError(
      `The gateway did not make ${leaked} and does not use it: delete it in the Developer Console. Nothing was done.`,
    );
  }
  throw new UsageError(`"${leaked}" is none of these client secrets. Nothing was done.`);
};

const question = ({ current, previous }: ClientSecrets): string =>
  [
    'It will be deleted at Adobe for good.',
    previous && `If you do not know which one leaked, name the current one, ${current.uuid}: then both are deleted.`,
    'Type the uuid of the client secret that leaked: ',
  ]
    .filter((line) => line !== undefined)
    .join('\n');

const replaceCurrent = async (session: Session, { current, previous }: ClientSecrets): Promise<void> => {
  const { status, output } = session;
  // Adobe allows two, and the new one needs the place.
  if (previous) await deleteAtAdobe(session, previous.uuid);
  const before = await status.readSecretRotation();
  output.say('Rotating the client secret.');
  try {
    await waitForRotation(session, await startRotation(session), before);
  } catch (error) {
    if (!(error instanceof RotationFailedError)) throw error;
    throw new CredentialsError(`${error.message} The leaked client secret ${current.uuid} is still alive.`);
  }
};

const deleteAtAdobe = async ({ functions, output }: Session, uuid: string): Promise<void> => {
  const retired = await functions.deletePreviousSecret(uuid);
  output.say(retired ? `Deleted ${uuid} at Adobe.` : `Adobe does not list ${uuid} any more.`);
};

const showWhatRemains = ({ output }: Session, { others }: ClientSecrets, leaked: string): void => {
  output.say(
    `Access tokens that were made with ${leaked} before may live on until they expire, for 24 h at most (Adobe); ` +
      'ask Adobe to invalidate them. What to do besides is in docs/runbooks/compromised-secret.md.',
  );
  for (const other of others) {
    output.complain(
      `Note: the gateway did not make ${describeSecret(other)}. Whoever had the leaked secret could make others: ` +
        'unless you know its user, delete it in the Developer Console.',
    );
  }
};
