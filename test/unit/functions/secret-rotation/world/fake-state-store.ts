import { LeaseLostError } from '#functions/secret-rotation/errors.ts';
import type { RotationState, StateStore } from '#functions/secret-rotation/stores/state-store.ts';
import type { Clock } from '#shared/clock.ts';

/** The function's own table, with the conditions of the real one. */
export const createFakeStateStore = (clock: Clock): StateStore => {
  let lease: { owner?: string; until: number; handedTo?: string } = { until: 0 };
  let state: RotationState = { abandonedUuids: [] };
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
    readState: async () => structuredClone(state),
    saveState: async (owner, written) => {
      requireOwner(owner);
      state = structuredClone(written);
    },
  };
};
