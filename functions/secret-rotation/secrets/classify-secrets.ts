import type { ListedSecret } from '#shared/adobe/console/io-management.ts';
import type { Intent, RotationState } from '../context.ts';

/** What the gateway knows about a listed secret. */
export interface KnownSecrets {
  credentialId: string;
  currentUuid: string;
  /** Secrets that the current one took the place of. */
  previousUuids: readonly string[];
  memory: RotationState;
  /** Time-out of the call that adds a secret, ms. */
  addTimeoutMs: number;
}

/** The listed secrets by origin. */
export interface ClassifiedSecrets {
  current?: ListedSecret;
  previous: ListedSecret[];
  /** Made by a rotation that failed before it came into service; known by uuid. */
  abandoned: ListedSecret[];
  /** Made by a call whose answer was lost; known by the intent written before the call. */
  orphans: ListedSecret[];
  /** Of unknown origin: may be in use elsewhere. */
  foreign: ListedSecret[];
}

/** Adobe's clocks need not agree with each other to the second. */
const clockToleranceMs = 60_000;

/** Sorts the listed secrets by origin. Whatever is not certainly ours is foreign. */
export const classifySecrets = (listed: readonly ListedSecret[], known: KnownSecrets): ClassifiedSecrets => {
  const { intent, abandonedUuids } = known.memory;
  const classified: ClassifiedSecrets = { previous: [], abandoned: [], orphans: [], foreign: [] };
  for (const secret of listed) {
    if (secret.uuid === known.currentUuid) classified.current = secret;
    else if (known.previousUuids.includes(secret.uuid)) classified.previous.push(secret);
    else if (abandonedUuids.includes(secret.uuid)) classified.abandoned.push(secret);
    else if (intent && isOrphan(secret, intent, known)) classified.orphans.push(secret);
    else classified.foreign.push(secret);
  }
  return classified;
};

const isOrphan = (secret: ListedSecret, intent: Intent, { credentialId, addTimeoutMs }: KnownSecrets): boolean =>
  intent.closedAt === undefined &&
  intent.credentialId === credentialId &&
  !intent.uuidsBefore.includes(secret.uuid) &&
  secret.lastUsedAt === undefined &&
  Math.abs(secret.createdAt - intent.adobeDate) <= addTimeoutMs + clockToleranceMs;
