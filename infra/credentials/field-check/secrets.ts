import type { ImsClient } from '#shared/adobe/auth/ims.ts';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { type IoManagementClient, type ListedSecret, maxClientSecrets } from '#shared/adobe/console/io-management.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import type { Sleep } from '#shared/adobe/http/retry.ts';
import type { Clock } from '#shared/clock.ts';
import { ProbeError } from './account.ts';
import type { Note } from './findings.ts';

/** What the probes of client secrets work with. */
export interface SecretProbeOptions {
  management: IoManagementClient;
  ims: ImsClient;
  clientId: string;
  scopes: string;
  clock: Clock;
  sleep: Sleep;
  signal: AbortSignal;
  /** Keeps a value out of everything that is shown. */
  conceal(secret: string): void;
}

const pollMs = 1_000;
const patienceMs = 300_000;
// An answer within this time is at once: it is how long two calls take.
const atOnceMs = 3_500;

/**
 * Makes a client secret where there is room, sees how soon it works and how soon the list shows its use, tries a third one, and
 * deletes what it made, whatever happens.
 */
export const probeSecrets = async (options: SecretProbeOptions, note: Note): Promise<void> => {
  const { management } = options;
  const before = (await management.list()).secrets;
  const made: string[] = [];
  const add = async () => {
    const added = await management.add().catch((error: unknown) => {
      if (!(error instanceof IoManagementError) || !error.outcomeUnknown) throw error;
      throw new ProbeError('A client secret may have been made whose value is lost: look in the Developer Console.');
    });
    options.conceal(added.clientSecret);
    made.push(added.uuid);
    return added;
  };
  try {
    if (before.length < maxClientSecrets) {
      const { uuid, clientSecret } = await add();
      await probeNewSecret(options, note, { uuid, clientSecret });
    } else {
      for (const fact of ['new-secret', 'last-used'] as const) {
        note(fact, 'unknown', 'There are two client secrets, so that none could be made.');
      }
    }
    await probeThird(add, note);
  } finally {
    await deleteAll(management, made);
  }
};

const deleteAll = async (management: IoManagementClient, uuids: readonly string[]): Promise<void> => {
  const results = await Promise.allSettled(uuids.map((uuid) => management.delete(uuid)));
  if (results.every(({ status }) => status === 'fulfilled')) return;
  throw new ProbeError(
    'A client secret that this check made could not be deleted: delete the newest in the Developer Console.',
  );
};

const probeThird = async (add: () => Promise<unknown>, note: Note): Promise<void> => {
  try {
    await add();
    note('third-secret', false, 'A third client secret was made.');
  } catch (error) {
    if (!(error instanceof IoManagementError) || error.status === undefined) throw error;
    note('third-secret', error.status === 400, `Refused with ${error.status}.`);
  }
};

const probeNewSecret = async (
  options: SecretProbeOptions,
  note: Note,
  { uuid, clientSecret }: { uuid: string; clientSecret: string },
): Promise<void> => {
  const { ims, management, clientId, scopes } = options;
  const worksAfterMs = await timeUntil(options, async () => {
    try {
      await ims.mint({ clientId, clientSecret, scopes });
      return true;
    } catch (error) {
      if (error instanceof ImsError && error.kind === 'invalid_client') return false;
      throw error;
    }
  });
  if (worksAfterMs === undefined) return note('new-secret', false, 'Not accepted within five minutes.');
  note('new-secret', worksAfterMs <= atOnceMs, `Accepted after ${toSeconds(worksAfterMs)} s.`);
  const isShown = ({ uuid: listed, lastUsedAt }: ListedSecret) => listed === uuid && lastUsedAt !== undefined;
  const shownAfterMs = await timeUntil(options, async () => (await management.list()).secrets.some(isShown));
  if (shownAfterMs === undefined) return note('last-used', false, 'Not shown within five minutes.');
  note('last-used', shownAfterMs <= atOnceMs, `Shown after ${toSeconds(shownAfterMs)} s.`);
};

const timeUntil = async (
  { clock, sleep, signal }: SecretProbeOptions,
  isDone: () => Promise<boolean>,
): Promise<number | undefined> => {
  const startedAt = clock.now();
  while (clock.now() - startedAt < patienceMs) {
    signal.throwIfAborted();
    if (await isDone()) return clock.now() - startedAt;
    await sleep(pollMs);
  }
  return undefined;
};

const toSeconds = (ms: number): number => Math.round(ms / 1000);
