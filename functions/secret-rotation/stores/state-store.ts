import * as z from 'zod';
import { condition } from '#shared/aws/expressions.ts';
import { getItem, type Table, updateItem } from '#shared/aws/table.ts';
import { rotationPartition } from '#shared/deployment/tables.ts';
import { once } from '#shared/once.ts';
import { LeaseLostError } from '../errors.ts';

const intentSchema = once(() =>
  z.object({
    /** ClientRequestToken of the rotation. */
    rotationToken: z.string(),
    credentialId: z.string(),
    /** The secrets that Adobe listed before. */
    uuidsBefore: z.array(z.string()),
    /** Adobe's clock at that time, epoch ms. */
    adobeDate: z.number(),
    /** Epoch ms; absent while it is unknown whether a secret was made whose value is lost. */
    closedAt: z.number().optional(),
  }),
);

const stateSchema = once(() =>
  z.object({
    intent: intentSchema().optional(),
    /** Secrets of our own that never came into service and still have to be deleted at Adobe. */
    abandonedUuids: z.array(z.string()).default([]),
  }),
);

/** What was about to be asked of Adobe, written before it was asked. */
export type Intent = z.output<ReturnType<typeof intentSchema>>;

/** What the rotation remembers between its runs. */
export type RotationState = z.output<ReturnType<typeof stateSchema>>;

/** The intent once it is known what became of the secret that it asked for. */
export const closeIntent = (intent: Intent | undefined, nowMs: number): Intent | undefined =>
  intent && { ...intent, closedAt: intent.closedAt ?? nowMs };

/** The function's own table: the state of the rotation, and the lease that lets one run at a time work on the secrets. */
export interface StateStore {
  /**
   * @param lease.until epoch ms
   * @param lease.rotationToken a rotation may go on at once where its own previous step has left off
   * @returns false if another run holds the lease
   */
  takeLease(lease: { owner: string; until: number; rotationToken?: string }): Promise<boolean>;
  /** @throws {LeaseLostError} if another run has taken over */
  extendLease(owner: string, until: number): Promise<void>;
  /** @param handover keeps others than the next step of this rotation out until a time in epoch ms */
  releaseLease(owner: string, handover?: { rotationToken: string; until: number }): Promise<void>;
  readState(): Promise<RotationState>;
  /** @throws {LeaseLostError} if another run has taken over */
  saveState(owner: string, state: RotationState): Promise<void>;
}

/** One item holds lease and state, so that every write of the state can be made conditional on the lease. */
const key = { pk: rotationPartition };

/** Opens the table that only this function can reach. */
export const createStateStore = (table: Table): StateStore => {
  const isOwn = (owner: string) => condition`#leaseOwner = ${owner}`;

  const updateAsOwner = async (owner: string, set: Record<string, unknown>): Promise<void> => {
    const updated = await updateItem(table, key, { set, when: isOwn(owner) });
    if (updated === undefined) throw new LeaseLostError();
  };

  return {
    takeLease: async ({ owner, until, rotationToken }) => {
      const isFree = condition`attribute_not_exists(#leaseUntil) OR #leaseUntil <= ${table.clock.now()}`;
      const when = rotationToken === undefined ? isFree : condition`${isFree} OR #handedTo = ${rotationToken}`;
      const set = { leaseOwner: owner, leaseUntil: until, handedTo: undefined };
      return (await updateItem(table, key, { set, when })) !== undefined;
    },
    extendLease: (owner, until) => updateAsOwner(owner, { leaseUntil: until }),
    releaseLease: async (owner, handover) => {
      const set = { leaseOwner: undefined, leaseUntil: handover?.until, handedTo: handover?.rotationToken };
      // A run that lost the lease has nothing to release.
      await updateItem(table, key, { set, when: isOwn(owner) });
    },
    readState: async () => stateSchema().parse((await getItem(table, key)) ?? {}),
    saveState: (owner, { intent, abandonedUuids }) => updateAsOwner(owner, { intent, abandonedUuids }),
  };
};
