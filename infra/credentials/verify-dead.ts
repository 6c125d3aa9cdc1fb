import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { openList } from './client-secrets.ts';
import { CredentialsError } from './errors.ts';
import { readConfigured, type Session } from './session.ts';

const pollMs = 1_000;

/** How long Adobe may take until a deleted secret is refused everywhere (Adobe does not say). */
const maxDeathMs = 120_000;

/**
 * Makes sure that a client secret is dead: Adobe does not list it, and IMS refuses its value.
 *
 * @param value undefined if it is not known any more
 * @throws {CredentialsError} if it is alive
 */
export const verifyDead = async (
  session: Session,
  uuid: string,
  value: ClientCredentials | undefined,
): Promise<void> => {
  const { output, clock, sleep } = session;
  const list = await openList(session, await readConfigured(session));
  if ((await list()).secrets.some((listed) => listed.uuid === uuid)) {
    throw new CredentialsError(`Adobe still lists ${uuid}: delete it in the Developer Console.`);
  }
  if (value === undefined) {
    output.say('Adobe does not list it; its value is not known any more, so IMS could not be asked.');
    return;
  }
  const deadline = clock.now() + maxDeathMs;
  while (await isAccepted(session, value)) {
    if (clock.now() > deadline) {
      throw new CredentialsError(`IMS does not refuse ${uuid} although it is deleted at Adobe: call Adobe's support.`);
    }
    output.say('  IMS does not refuse it yet, asking again');
    await sleep(pollMs);
  }
  output.say('IMS refuses it.');
};

/** No answer proves nothing, so it counts as accepted. */
const isAccepted = async ({ adobe }: Session, { clientId, clientSecret }: ClientCredentials): Promise<boolean> => {
  try {
    await adobe.ims.mint({ clientId, clientSecret, scopes: adobe.generationScopes });
    return true;
  } catch (error) {
    if (!(error instanceof ImsError)) throw error;
    return error.kind !== 'invalid_client';
  }
};
