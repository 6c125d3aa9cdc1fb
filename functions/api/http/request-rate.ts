import type { Table } from '#shared/aws/table.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import { ProblemError } from './problem.ts';
import { takeToken } from './token-bucket.ts';

/** Lets a request of a caller pass; throws 429 if the caller sends too many. */
export type AdmitRequest = (caller: string) => Promise<void>;

/** What this process knows of a caller. */
interface Account {
  /** Requests that pass without a look into the table, and when they were last added to, in epoch ms. */
  free: number;
  freeAt: number;
  /** Requests paid for with the last token of the shared bucket, and until when they are good, in epoch ms. */
  paid: number;
  paidUntil: number;
  /** Until when the shared bucket is known to be empty, in epoch ms. */
  refusedUntil: number;
  /** A look into the table that is under way: requests that come meanwhile wait for it, rather than take tokens of their own. */
  taking: Promise<void> | undefined;
}

// What a process lets pass by itself: a caller that polls its jobs never costs a look into the table.
const freePerSecond = 1;
const maxFree = 5;
// A token of the shared bucket is good for all that a caller may send in this time, so that a flood costs few writes: a process
// asks again no sooner.
const tokenMs = 250;
// The bucket holds what a caller may send in two seconds.
const burst = 2_000 / tokenMs;
const maxAccounts = 1_000;

/**
 * Makes the limit of requests a second of each caller. A process lets a few pass by itself; what goes beyond takes tokens of a bucket
 * that all processes share. A refusal is remembered until the bucket has a token again, and answered without any look into the table.
 *
 * @param table of jobs
 */
export const createRequestRate = (table: Table, requestsPerSecond: number): AdmitRequest => {
  const accounts = new Map<string, Account>();
  const requestsPerToken = Math.max(1, Math.floor((requestsPerSecond * tokenMs) / 1000));
  const size = { intervalMs: (requestsPerToken * 1000) / requestsPerSecond, burst };

  const open = (caller: string, now: number): Account => {
    const known = accounts.get(caller);
    if (known !== undefined) return known;
    if (accounts.size >= maxAccounts) accounts.clear();
    const account = { free: maxFree, freeAt: now, paid: 0, paidUntil: 0, refusedUntil: 0, taking: undefined };
    accounts.set(caller, account);
    return account;
  };

  const take = async (caller: string, account: Account): Promise<void> => {
    const waitMs = await takeToken(table, { pk: jobPartitions.caller(caller), sk: 'requests' }, size);
    const now = table.clock.now();
    if (waitMs > 0) account.refusedUntil = now + waitMs;
    else {
      account.paid = requestsPerToken;
      account.paidUntil = now + 1_000;
    }
  };

  return async (caller) => {
    const now = table.clock.now();
    const account = open(caller, now);
    account.free = Math.min(maxFree, account.free + ((now - account.freeAt) / 1000) * freePerSecond);
    account.freeAt = now;
    if (account.free >= 1) {
      account.free -= 1;
      return;
    }
    for (const latest = table.clock.now() + tokenMs; ; ) {
      const now = table.clock.now();
      if (account.paid > 0 && now < account.paidUntil) {
        account.paid -= 1;
        return;
      }
      if (now < account.refusedUntil) throw tooManyRequests(account.refusedUntil - now);
      // More requests wait than a slow table gives tokens for: they would wait until the function ends.
      if (now > latest) throw tooManyRequests(tokenMs);
      account.taking ??= take(caller, account).finally(() => {
        account.taking = undefined;
      });
      await account.taking;
    }
  };
};

const tooManyRequests = (waitMs: number): ProblemError => {
  const seconds = Math.ceil(waitMs / 1000);
  const message = `This caller sends too many requests: wait ${seconds} s. A batch takes thousands in one request.`;
  return new ProblemError(429, 'too_many_requests', message, { headers: { 'retry-after': String(seconds) } });
};
