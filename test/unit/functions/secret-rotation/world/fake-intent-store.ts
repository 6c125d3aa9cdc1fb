import type { IntentStore, RotationState } from '#functions/secret-rotation/context.ts';
import { LeaseLostError } from '#functions/secret-rotation/errors.ts';
import type { Clock } from '#shared/clock.ts';

/** The function's own table, with the conditions of the real one. */
export const createFakeIntentStore = (clock: Clock): IntentStore => {
  let lease: { owner?: string; until: number; handedTo?: string } = { until: 0 };
  let memory: RotationState = { abandonedUuids: [] };
  const requireOwner = (owner: string) => {
    if (lease.owner !== owner) throw new LeaseLostError();
  };
  return {
    takeLease: async ({ owner, until, rotationToken }) => {
      const isHandedOver = rotationToken !== undefined && lease.handedTo === rotationToken;
      if (lease.until > clock.now() && !isHandedOver) return false;
      lease = { owner, until };
      return true;
    },
    extendLease: async (owner, until) => {
      requireOwner(owner);
      lease = { owner, until };
    },
    releaseLease: async (owner, handover) => {
      if (lease.owner !== owner) return;
      lease = handover ? { until: handover.until, handedTo: handover.rotationToken } : { until: 0 };
    },
    readMemory: async () => structuredClone(memory),
    saveState: async (owner, written) => {
      requireOwner(owner);
      memory = structuredClone(written);
    },
  };
};
