import type { SecretList } from '#shared/adobe/console/io-management.ts';
import type { RotationState } from '../context.ts';
import type { Run } from '../lease.ts';
import type { Management, RotatableVersion } from '../management.ts';
import { type ClassifiedSecrets, classifySecrets } from './classify-secrets.ts';
import { findCurrentUuid } from './find-current-uuid.ts';

/** The client secrets at Adobe as compared with what the gateway stores. */
export interface SecretInventory extends ClassifiedSecrets {
  currentUuid: string;
  list: SecretList;
  memory: RotationState;
  /** Epoch ms when the grace of the previous secret ends. */
  previousRetiresAt: number;
}

/** Lists the client secrets and says which is which. */
export const reconcileSecrets = async (
  run: Run,
  management: Management,
  current: RotatableVersion,
): Promise<SecretInventory> => {
  const { ports, policy } = run;
  const { credentials, credential } = current;
  const currentUuid = await findCurrentUuid(run, management, current);
  const memory = await ports.intents.readMemory();
  const previous = await ports.secrets.readPrevious();
  const list = await management.list();
  const classified = classifySecrets(list.secrets, {
    credentialId: credential.credentialId,
    currentUuid,
    previousUuids: [previous?.credentials?.secretUuid, credentials.replacedSecretUuid].filter(
      (uuid) => uuid !== undefined,
    ),
    memory,
    addTimeoutMs: policy.addTimeoutMs,
  });
  return { ...classified, currentUuid, list, memory, previousRetiresAt: current.createdAt + policy.graceMs };
};
