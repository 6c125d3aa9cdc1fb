import type { StepEvent } from '#shared/aws/rotation-event.ts';
import { createSigningKey } from '#shared/callers/signing-key.ts';
import { getVerificationKey, type SigningKey, signCallerToken, verifyCallerToken } from '#shared/callers/token.ts';
import { createKeyFinder, endOtherKeys, publishKey } from '#shared/callers/verification-keys.ts';
import { GatewayError } from '#shared/errors.ts';
import type { SigningKeyContext } from './context.ts';

/** The rotation cannot go on; the code says why. */
export class SigningKeyError extends GatewayError {}

/**
 * Runs one step of the rotation of the signing key: makes a key, publishes its public half, tests that a token signed with it
 * is accepted, and signs with it from then on. Each step can be repeated. The key before it is accepted until the last token
 * signed with it has ended.
 *
 * @throws {SigningKeyError} `pending_key_missing`, or `key_not_published` if a token signed with the key is refused
 */
export const runStep = async (context: SigningKeyContext, event: StepEvent): Promise<void> => {
  const { Step: step, ClientRequestToken: versionId } = event;
  switch (step) {
    case 'createSecret':
      return createKey(context, versionId);
    case 'setSecret':
      return publishKey(context.table, getVerificationKey(await demandPending(context, versionId)));
    case 'testSecret':
      return testKey(context, versionId);
    case 'finishSecret':
      return finish(context, versionId);
  }
};

const createKey = async ({ keys, table }: SigningKeyContext, versionId: string): Promise<void> => {
  const isDone =
    (await keys.readPending(versionId)) !== undefined || (await keys.findVersion('AWSCURRENT')) === versionId;
  if (!isDone) await keys.putPending(versionId, createSigningKey(table.clock.now()));
};

// A deployment calls testSecret without a rotation: there is no pending key to test then.
const testKey = async (context: SigningKeyContext, versionId: string): Promise<void> => {
  const { keys, table, audience } = context;
  const key = await keys.readPending(versionId);
  if (key === undefined) return;
  const { clock } = table;
  const subject = { callerId: 'test', secretId: 'test', scope: '', lifetimeSeconds: 60 };
  const token = await signCallerToken(key, { ...audience, ...subject, clock });
  try {
    await verifyCallerToken(token, { ...audience, clock, findKey: createKeyFinder(table) });
  } catch (cause) {
    throw new SigningKeyError('key_not_published', 'A token signed with the new key is refused.', { cause });
  }
};

// AWSPENDING goes last: as long as it is there, the step can be finished later.
const finish = async (context: SigningKeyContext, versionId: string): Promise<void> => {
  const { keys, table, tokenLifetimeSeconds, log } = context;
  if ((await keys.findVersion('AWSCURRENT')) !== versionId) {
    // No token may be signed with a key that is not published, in whatever order the steps came.
    await publishKey(table, getVerificationKey(await demandPending(context, versionId)));
    await keys.promote(versionId);
    log.info('A new key signs the tokens of callers.', { versionId });
  }
  const current = await keys.readCurrent();
  if (current === undefined) throw missing(versionId);
  await endOtherKeys(table, current.kid, tokenLifetimeSeconds + leewaySeconds);
  if ((await keys.findVersion('AWSPENDING')) === versionId) await keys.removePending(versionId);
};

// For sandboxes that go on signing with the key before for some minutes, and for clocks that differ.
const leewaySeconds = 3_600;

const demandPending = async ({ keys }: SigningKeyContext, versionId: string): Promise<SigningKey> => {
  const key = await keys.readPending(versionId);
  if (key === undefined) throw missing(versionId);
  return key;
};

const missing = (versionId: string): SigningKeyError =>
  new SigningKeyError('pending_key_missing', `The pending version ${versionId} has no key.`);
