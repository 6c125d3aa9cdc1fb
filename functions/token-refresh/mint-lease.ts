import * as z from 'zod';
import { condition } from '#shared/aws/expressions.ts';
import { putItem, putNew, type Table } from '#shared/aws/table.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import { once } from '#shared/once.ts';

const leaseSchema = once(() =>
  z.object({
    owner: z.string(),
    /** The version of the access token that is being replaced. */
    tokenVersionId: z.string(),
    /** The version of the client credentials that the new token is minted from. */
    credentialsVersionId: z.string(),
    /** Epoch ms. */
    until: z.number(),
  }),
);

/** The right to mint the successor of one version of the access token. It is over when that version is replaced. */
export type MintLease = z.output<ReturnType<typeof leaseSchema>>;

/** Hands the lease to one run at a time, so that concurrent runs cause one mint. */
export interface MintLeases {
  /**
   * Takes the lease unless another run holds one for the same version of the access token.
   *
   * @returns the lease in the way, or undefined if this one was taken
   */
  take(lease: MintLease): Promise<MintLease | undefined>;
  /** Gives up a lease after a failure, so that the next run need not wait for its end. */
  release(lease: MintLease): Promise<void>;
}

/** No lease is taken for longer. */
export const maxLeaseMs = 45_000;

// Clocks of processes differ by less.
const maxClockSkewMs = 60_000;

const key = { pk: jobPartitions.status('token-refresh'), sk: 'mint-lease' };

/** Keeps the lease beside the status item of the token refresh: Secrets Manager has no conditional write. */
export const createMintLeases = (table: Table): MintLeases => ({
  take: async (lease) => {
    const now = table.clock.now();
    // One that would last longer than any was taken before the clock was set back: without an end nobody could mint until then.
    const isOver = condition`#until <= ${now} OR #until > ${now + maxLeaseMs + maxClockSkewMs}`;
    const isFree = condition`${isOver} OR #tokenVersionId <> ${lease.tokenVersionId}`;
    const { created, item } = await putNew(table, { ...lease, ...key }, isFree);
    return created ? undefined : leaseSchema().parse(item);
  },
  release: async (lease) => {
    await putItem(table, { ...lease, ...key, until: 0 }, condition`#owner = ${lease.owner}`);
  },
});
