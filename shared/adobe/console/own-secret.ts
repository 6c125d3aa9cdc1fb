import type { Clock } from '../../clock.ts';
import type { Sleep } from '../http/retry-transient.ts';
import type { ListedSecret, SecretList } from './io-management.ts';

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
 * Finds out which client secret is ours: Adobe's list tells uuids but no values, so the secret is used and the one whose
 * `last_used_at` moved is ours. A secret that is listed alone and accepted by IMS is ours without more ado.
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
