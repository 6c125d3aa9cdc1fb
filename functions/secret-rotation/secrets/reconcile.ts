import type { IoManagementClient, ListedSecret, SecretList } from '#shared/adobe/console/io-management.ts';
import {
  classifySecrets,
  describeSecret,
  findCurrentSecret,
  readReplacedUuids,
} from '#shared/adobe/console/listed-secrets.ts';
import { retryTransient } from '#shared/adobe/http/retry.ts';
import type { RotationContext, RotationPolicy } from '../context.ts';
import { RotationError } from '../errors.ts';
import type { Intent, RotationState } from '../stores/state-store.ts';
import { buildRetryOptions, openManagement, type RotatableVersion, readRotatable } from './management.ts';

/** The client secrets at Adobe as compared with what the gateway stores. */
export interface ReconciledSecrets {
  currentUuid: string;
  /** Secrets that the current one took the place of. */
  previous: ListedSecret[];
  /** Made by a rotation that failed before it came into service; known by uuid. */
  abandoned: ListedSecret[];
  /** Made by a call whose answer was lost; known by the intent written before the call. */
  orphans: ListedSecret[];
  /** Of unknown origin: may be in use elsewhere. */
  foreign: ListedSecret[];
  /** What Adobe listed last, less what was deleted since. */
  list: SecretList;
  /** When Adobe listed it, epoch ms on the gateway's own clock. */
  listedAt: number;
  state: RotationState;
  /** Epoch ms when the grace of the previous secret ends. */
  previousRetiresAt: number;
}

/** A run that knows which client secret at Adobe is which. */
export interface ReconciledContext extends RotationContext {
  current: RotatableVersion;
  management: IoManagementClient;
  secrets: ReconciledSecrets;
}

/**
 * Reads the current version, lists the client secrets at Adobe and says which is which.
 *
 * @throws {RotationError} `current_secret_unknown` if Adobe does not show which one is the current one: the operator has
 *   to name it
 */
export const reconcileSecrets = async (context: RotationContext): Promise<ReconciledContext> => {
  const current = await readRotatable(context);
  const management = await openManagement(context, current.credentials);
  return reconcileAgain({ ...context, current, management });
};

/** Lists and compares again. @throws {RotationError} as {@link reconcileSecrets} */
export const reconcileAgain = async (context: Omit<ReconciledContext, 'secrets'>): Promise<ReconciledContext> => {
  const { ports, policy, current } = context;
  const state = await ports.state.readState();
  const replaced = await ports.secrets.readPrevious();
  const { currentUuid, list } = await findCurrent(context);
  const listedAt = ports.clock.now();
  const { previous, others } = classifySecrets(list.secrets, {
    currentUuid,
    replacedUuids: readReplacedUuids(current.credentials, replaced?.credentials),
  });
  const isAbandoned = ({ uuid }: ListedSecret) => state.abandonedUuids.includes(uuid);
  const unknown = others.filter((secret) => !isAbandoned(secret));
  const isOwnOrphan = (secret: ListedSecret) =>
    state.intent?.credentialId === current.credential.credentialId && isOrphan(secret, state.intent, policy);
  const secrets: ReconciledSecrets = {
    currentUuid,
    previous,
    abandoned: others.filter(isAbandoned),
    orphans: unknown.filter(isOwnOrphan),
    foreign: unknown.filter((secret) => !isOwnOrphan(secret)),
    list,
    listedAt,
    state,
    previousRetiresAt: current.createdAt + policy.graceMs,
  };
  return { ...context, secrets };
};

const findCurrent = async (
  context: Omit<ReconciledContext, 'secrets'>,
): Promise<{ currentUuid: string; list: SecretList }> => {
  const { ports, policy, lease, management, current } = context;
  const { clientId, clientSecret, secretUuid } = current.credentials;
  const request = { clientId, clientSecret, scopes: policy.generationScopes };
  const { own, list } = await findCurrentSecret({
    storedUuid: secretUuid,
    list: management.list,
    use: () => retryTransient(() => ports.ims.mint(request), buildRetryOptions(context)),
    clock: ports.clock,
    sleep: lease.sleep,
    patienceMs: policy.propagationMs,
  });
  if (own.kind === 'found') return { currentUuid: own.secret.uuid, list };
  throw new RotationError(
    'current_secret_unknown',
    `Adobe does not tell which client secret is the current one; listed are ${own.listed.map(describeSecret).join(', ')}. ` +
      'Name it as secretUuid in the secret client-credentials.',
  );
};

/** Adobe's clocks need not agree with each other to the second. */
const clockToleranceMs = 60_000;

/** A secret that is not certainly ours is foreign. */
const isOrphan = (secret: ListedSecret, intent: Intent, { addTimeoutMs }: RotationPolicy): boolean =>
  intent.closedAt === undefined &&
  !intent.uuidsBefore.includes(secret.uuid) &&
  secret.lastUsedAt === undefined &&
  Math.abs(secret.createdAt - intent.adobeDate) <= addTimeoutMs + clockToleranceMs;

/** The time on Adobe's clock, epoch ms, as of its last list. */
export const readAdobeClock = ({ ports, secrets }: ReconciledContext): number => {
  const now = ports.clock.now();
  return secrets.list.date === undefined ? now : secrets.list.date + (now - secrets.listedAt);
};
