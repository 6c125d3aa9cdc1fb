import type { Clock } from '../../clock.ts';
import type { ClientCredentials } from '../auth/stored-credentials.ts';
import type { Sleep } from '../http/retry.ts';
import type { ListedSecret, SecretList } from './io-management.ts';

/** A secret as an operator recognises it in the Developer Console. */
export const describeSecret = ({ uuid, createdAt, lastUsedAt }: ListedSecret): string => {
  const lastUsed = lastUsedAt === undefined ? 'never used' : `last used ${new Date(lastUsedAt).toISOString()}`;
  return `${uuid} (created ${new Date(createdAt).toISOString()}, ${lastUsed})`;
};

/** Which of the listed secrets is the one that we hold. */
export type OwnSecret =
  | { kind: 'found'; secret: ListedSecret }
  /** None, or more than one, was used at the moment when we used ours. */
  | { kind: 'ambiguous'; listed: ListedSecret[] };

/** What finding one's own secret needs. */
export interface FindOwnSecretOptions {
  list: () => Promise<SecretList>;
  /** Mints a token with the secret that we hold, so that its `last_used_at` moves. */
  use: () => Promise<unknown>;
  clock: Clock;
  sleep: Sleep;
  /** How long to wait for Adobe to show the use (Adobe does not say how soon it does), ms. */
  patienceMs: number;
}

const pollMs = 1_000;

/**
 * Finds out which client secret is ours: Adobe's list shows uuids but no values, so the secret is used and the one whose
 * `last_used_at` moved is ours. A secret that is listed alone and accepted by IMS needs no such proof.
 */
export const findOwnSecret = async (options: FindOwnSecretOptions): Promise<OwnSecret> => {
  const { list, use, clock, sleep, patienceMs } = options;
  const before = (await list()).secrets;
  const usedBefore = new Map(before.map(({ uuid, lastUsedAt = 0 }) => [uuid, lastUsedAt]));
  await use();
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const { secrets } = await list();
    const [only, ...others] = secrets;
    if (only && others.length === 0 && usedBefore.has(only.uuid)) return { kind: 'found', secret: only };
    const used = secrets.filter(({ uuid, lastUsedAt = 0 }) => lastUsedAt > (usedBefore.get(uuid) ?? 0));
    const [own, ...alsoUsed] = used;
    if (own && alsoUsed.length === 0) return { kind: 'found', secret: own };
    if (alsoUsed.length > 0 || clock.now() + pollMs > deadline) return { kind: 'ambiguous', listed: secrets };
    await sleep(pollMs);
  }
};

/**
 * Finds the current secret by its stored uuid or, where none is stored or Adobe does not list it, by its use.
 *
 * @returns besides, what Adobe listed last
 */
export const findCurrentSecret = async (
  options: FindOwnSecretOptions & { storedUuid: string | undefined },
): Promise<{ own: OwnSecret; list: SecretList }> => {
  let latest = await options.list();
  const stored = latest.secrets.find(({ uuid }) => uuid === options.storedUuid);
  if (stored) return { own: { kind: 'found', secret: stored }, list: latest };
  const own = await findOwnSecret({
    ...options,
    list: async () => {
      latest = await options.list();
      return latest;
    },
  });
  return { own, list: latest };
};

/** The listed secrets by what is stored of them. */
export interface ClassifiedSecrets {
  current?: ListedSecret;
  /** Secrets that the current one took the place of. */
  previous: ListedSecret[];
  /** Not known from what is stored. */
  others: ListedSecret[];
}

/** Sorts the listed secrets by what is stored of them. */
export const classifySecrets = (
  listed: readonly ListedSecret[],
  known: { currentUuid: string; replacedUuids: readonly string[] },
): ClassifiedSecrets => {
  const { currentUuid, replacedUuids } = known;
  const rest = listed.filter(({ uuid }) => uuid !== currentUuid);
  return {
    current: listed.find(({ uuid }) => uuid === currentUuid),
    previous: rest.filter(({ uuid }) => replacedUuids.includes(uuid)),
    others: rest.filter(({ uuid }) => !replacedUuids.includes(uuid)),
  };
};

/**
 * Uuids of the secrets that the current one took the place of, whether Adobe lists them or not.
 *
 * @param previous what the label AWSPREVIOUS is on
 */
export const readReplacedUuids = (current: ClientCredentials, previous: ClientCredentials | undefined): string[] =>
  [previous?.secretUuid, current.replacedSecretUuid].filter((uuid) => uuid !== undefined);
