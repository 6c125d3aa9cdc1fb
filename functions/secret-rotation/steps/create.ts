import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { type AddedSecret, maxClientSecrets } from '#shared/adobe/console/io-management.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import { metricNames } from '#shared/metrics.ts';
import type { RotationContext } from '../context.ts';
import { ForeignSecretError, PreviousSecretKeptError, RotationError } from '../errors.ts';
import { deleteLeftoverSecrets, deletePreviousSecret, deleteSecret } from '../secrets/delete.ts';
import { openManagement } from '../secrets/management.ts';
import { type ReconciledContext, readAdobeClock, reconcileAgain, reconcileSecrets } from '../secrets/reconcile.ts';
import { closeIntent, type Intent } from '../stores/state-store.ts';
import { whilePropagating } from './test.ts';

/**
 * First step of a rotation: has Adobe make a new client secret and stores it as the pending version. As Adobe shows its
 * value once and cannot be asked twice for the same, the intent is on record before the call, and the value is stored
 * before anything else is done with it.
 *
 * @param rotationToken ClientRequestToken of the rotation, which is also the id of the pending version
 * @throws {ForeignSecretError | PreviousSecretKeptError} if there is no room for a new secret
 * @throws {RotationError | ImsError | IoManagementError} what else made the step fail
 */
export const createSecret = async (context: RotationContext, rotationToken: string): Promise<void> => {
  const pending = await context.ports.secrets.readPending(rotationToken);
  if (pending?.credentials !== undefined) return verifyPendingSecret(context, pending.credentials);

  const reconciled = await freeSecretSlot(await reconcileSecrets(context));
  const { current, secrets } = reconciled;
  const intent: Intent = {
    rotationToken,
    credentialId: current.credential.credentialId,
    uuidsBefore: secrets.list.secrets.map(({ uuid }) => uuid),
    adobeDate: readAdobeClock(reconciled),
  };
  await context.lease.saveState({ ...secrets.state, intent });
  await storePending(reconciled, intent, await addSecret(reconciled, intent));
};

/**
 * Called again with a pending value in place, createSecret has nothing to do as long as Adobe still lists the secret and
 * IMS accepts it.
 *
 * @throws {RotationError} `pending_secret_dead` if not: Secrets Manager refuses a second value for the same version, so
 *   this rotation cannot be saved
 */
const verifyPendingSecret = async (context: RotationContext, pending: ClientCredentials): Promise<void> => {
  const { state, clock } = context.ports;
  const dead = (why: string) =>
    new RotationError('pending_secret_dead', `The pending client secret ${pending.secretUuid} is of no use: ${why}.`);
  try {
    const management = await openManagement(context, pending, whilePropagating(context));
    const { secrets } = await management.list();
    if (!secrets.some(({ uuid }) => uuid === pending.secretUuid)) throw dead('Adobe does not list it any more');
  } catch (error) {
    if (error instanceof ImsError && error.kind === 'invalid_client') throw dead('IMS does not accept it');
    throw error;
  }
  const { intent, abandonedUuids } = await state.readState();
  const others = abandonedUuids.filter((uuid) => uuid !== pending.secretUuid);
  const isOpen = intent !== undefined && intent.closedAt === undefined;
  if (!isOpen && others.length === abandonedUuids.length) return;
  await context.lease.saveState({ intent: closeIntent(intent, clock.now()), abandonedUuids: others });
};

/**
 * Frees one of the places for client secrets that Adobe allows: deletes what interrupted rotations left, then, if still
 * two are listed, the previous one by the rule of retirement. A secret of unknown origin may be in use elsewhere and stays.
 */
const freeSecretSlot = async (context: ReconciledContext): Promise<ReconciledContext> => {
  const cleared = await deleteLeftoverSecrets(context);
  const { list, previous, foreign, previousRetiresAt } = cleared.secrets;
  if (list.secrets.length < maxClientSecrets) return cleared;
  const [replaced] = previous;
  if (replaced === undefined) {
    context.ports.recordMetric(metricNames.foreignSecretFound, foreign.length);
    throw new ForeignSecretError(foreign);
  }
  const { retirement, remaining } = await deletePreviousSecret(cleared, replaced);
  if (retirement !== 'retired') throw new PreviousSecretKeptError(retirement, replaced, previousRetiresAt);
  return remaining;
};

const addSecret = async (context: ReconciledContext, intent: Intent): Promise<AddedSecret> => {
  await context.lease.extend();
  try {
    return await context.management.add();
  } catch (error) {
    if (error instanceof IoManagementError && error.outcomeUnknown) await deleteOrphan(context);
    else await close(context, intent, context.secrets.state.abandonedUuids);
    throw error;
  }
};

// If no orphan shows yet, or Adobe cannot list them now, the intent stays open for the next run to look again.
const deleteOrphan = async (context: ReconciledContext): Promise<void> => {
  try {
    await deleteLeftoverSecrets(await reconcileAgain(context));
  } catch (error) {
    context.ports.log.warn('Could not find out whether Adobe has made a client secret; the next run looks again.', {
      reason: error instanceof Error ? error.message : String(error),
    });
  }
};

const storePending = async (context: ReconciledContext, intent: Intent, added: AddedSecret): Promise<void> => {
  const { ports, current, secrets } = context;
  const { abandonedUuids } = secrets.state;
  const { rotationToken } = intent;
  const credentials: ClientCredentials = {
    ...current.credentials,
    clientSecret: added.clientSecret,
    secretUuid: added.uuid,
    replacedSecretUuid: secrets.currentUuid,
  };
  const reported = { secretUuid: added.uuid };
  try {
    await ports.secrets.putPending(rotationToken, credentials);
  } catch (error) {
    const stored = await ports.secrets.readPending(rotationToken);
    if (stored?.credentials?.secretUuid !== added.uuid) {
      ports.log.error('The new client secret could not be stored; it is deleted at Adobe again.', reported);
      await close(context, intent, [...abandonedUuids, added.uuid]);
      await deleteSecret(context, added.uuid);
      throw error;
    }
  }
  await close(context, intent, abandonedUuids);
  ports.log.info('Stored a new client secret as the pending version.', reported);
};

const close = async (
  { ports, lease }: RotationContext,
  intent: Intent,
  abandonedUuids: readonly string[],
): Promise<void> => {
  await lease.saveState({ intent: closeIntent(intent, ports.clock.now()), abandonedUuids: [...abandonedUuids] });
};
