import { isDeepStrictEqual } from 'node:util';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { GivenCredentials } from './inputs.ts';

/** The given credential after its check. */
export interface VerifiedCredentials extends GivenCredentials {
  secretUuid: string;
}

/** What is stored. `superseded`: the gateway holds a newer secret than the given one, which works and is kept. */
export interface StorePlan {
  kind: 'given' | 'same' | 'superseded';
  /** Undefined if what is stored is right already. */
  credentials?: ClientCredentials;
}

/**
 * Decides what becomes of the given credential. Running the command again with the first secret, after rotations, must
 * not bring that one back.
 *
 * @param stored.current undefined for the placeholder and for credentials of another client id
 * @param stored.previous what the last rotation replaced
 * @param currentWorks whether IMS accepts the stored secret; asked only if it matters
 */
export const planStore = async (
  given: VerifiedCredentials,
  stored: { current: ClientCredentials | undefined; previous: ClientCredentials | undefined },
  currentWorks: (current: ClientCredentials) => Promise<boolean>,
): Promise<StorePlan> => {
  const { current, previous } = stored;
  if (current === undefined) return { kind: 'given', credentials: { ...given } };
  const changes = (kind: StorePlan['kind'], credentials: ClientCredentials): StorePlan =>
    isDeepStrictEqual(credentials, current) ? { kind } : { kind, credentials };

  if (given.clientSecret === current.clientSecret) return changes('same', { ...current, ...given });
  const isReplaced =
    given.secretUuid === current.replacedSecretUuid ||
    given.secretUuid === previous?.secretUuid ||
    given.clientSecret === previous?.clientSecret;
  if (isReplaced && (await currentWorks(current))) {
    const { orgId, projectId, credentialId } = given;
    return changes('superseded', { ...current, orgId, projectId, credentialId });
  }
  const { replacedSecretUuid: _replaced, ...kept } = current;
  return { kind: 'given', credentials: { ...kept, ...given, replacedSecretUuid: current.secretUuid } };
};
