import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { condition } from '../aws/expressions.ts';
import { getItem, removeItem, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { callerPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';

/** What attempts to get a token are counted by. */
export interface AttemptSource {
  /** Id of a caller that exists; counting made-up ids would fill the table. */
  callerId?: string;
  /** IP address of the client. */
  address: string;
}

// The first failures cost nothing: a wrong secret in a deployment is tried a few times by everybody who looks into it.
const freeFailures = 5;
const firstDelaySeconds = 2;
// A caller can be delayed by somebody else's guesses at its secret, an address only by its own.
const maxDelaySeconds = { caller: 30, address: 900 };
const forgetAfterSeconds = 3_600;

const attemptsSchema = once(() => z.object({ failures: z.number(), blockedUntil: z.number().optional() }));

/** How long the next attempt has to wait after so many failures, in seconds. */
export const getDelaySeconds = (kind: keyof typeof maxDelaySeconds, failures: number): number =>
  failures <= freeFailures ? 0 : Math.min(firstDelaySeconds ** (failures - freeFailures), maxDelaySeconds[kind]);

/**
 * How long attempts from here have to wait, in ms; 0 if they need not.
 *
 * @param table of callers
 */
export const readDelayMs = async (table: Table, source: AttemptSource): Promise<number> => {
  const items = await Promise.all(keysOf(source).map(({ key }) => getItem(table, key)));
  const waits = items.map((item) => (attemptsSchema().safeParse(item).data?.blockedUntil ?? 0) - table.clock.now());
  return Math.max(0, ...waits);
};

/** Counts a failed attempt; each beyond the fifth within an hour doubles the delay before the next. */
export const recordFailure = async (table: Table, source: AttemptSource): Promise<void> => {
  await Promise.all(
    keysOf(source).map(async ({ kind, key }) => {
      const item = await updateItem(table, key, {
        add: { failures: 1 },
        set: { expiresAt: ttlAfter(table, forgetAfterSeconds) },
        when: condition`attribute_not_exists(#expiresAt) OR #expiresAt > ${Math.floor(table.clock.now() / 1000)}`,
      });
      if (item === undefined) {
        // Forgotten, and not yet deleted by DynamoDB.
        await updateItem(table, key, {
          set: { failures: 1, expiresAt: ttlAfter(table, forgetAfterSeconds) },
          remove: ['blockedUntil'],
        });
        return;
      }
      const delaySeconds = getDelaySeconds(kind, attemptsSchema().parse(item).failures);
      if (delaySeconds === 0) return;
      const blockedUntil = table.clock.now() + delaySeconds * 1000;
      await updateItem(table, key, {
        set: { blockedUntil },
        when: condition`attribute_not_exists(#blockedUntil) OR #blockedUntil < ${blockedUntil}`,
      });
    }),
  );
};

/** Forgets a caller's failures once it has succeeded; those of the address stay, or one known secret would free it to guess on. */
export const forgetFailures = async (table: Table, callerId: string): Promise<void> => {
  await removeItem(table, { pk: callerPartitions.failedAttempts, sk: `caller#${callerId}` });
};

// An unknown id has a second counter as well, of its address: it is read and written as long as a caller's.
const keysOf = ({ callerId, address }: AttemptSource) => {
  const network = hashNetwork(address);
  return [
    { kind: 'caller' as const, key: attemptKey(callerId === undefined ? `unknown#${network}` : `caller#${callerId}`) },
    { kind: 'address' as const, key: attemptKey(`address#${network}`) },
  ];
};

const attemptKey = (sk: string) => ({ pk: callerPartitions.failedAttempts, sk });

// An IPv6 client has a whole /64 to itself. Hashed: addresses are personal data, and are only compared here.
const hashNetwork = (address: string): string => {
  const network = isIPv6(address) ? ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString() : address;
  return createHash('sha256').update(network).digest('hex').slice(0, 32);
};
