import type { Table } from '../aws/table.ts';
import type { CallerPolicy } from '../caller-policy.ts';
import { getStoredPolicy } from './policy-store.ts';

/** How long a policy is believed, in ms: a change holds after this at the latest. */
export const maxPolicyAgeMs = 60_000;

// Callers of one sandbox within a minute; beyond that the oldest are read again.
const maxKnown = 1_000;

/** The policy in force for a caller: its own rules, and those of the stage where it has none. */
export interface PolicyInForce extends CallerPolicy {
  /** When the caller's own rules were set last, ISO; undefined where it has none. */
  since?: string;
}

/** Reads the policy in force for a caller. */
export type ReadPolicy = (caller: string) => Promise<PolicyInForce>;

/**
 * Remembers policies for a minute, so that a request costs no read of its own. Requests that come at once share one read.
 *
 * @param table the table of callers
 * @param defaults rules of callers who have none of their own: each rule of a caller replaces the one here
 */
export const createPolicyReader = (table: Table, defaults: CallerPolicy): ReadPolicy => {
  const known = new Map<string, { policy: Promise<PolicyInForce>; readAt: number }>();
  return (caller) => {
    const found = known.get(caller);
    const now = table.clock.now();
    if (found !== undefined && now - found.readAt < maxPolicyAgeMs) return found.policy;
    const policy = getStoredPolicy(table, caller).then((own) => ({
      ...defaults,
      ...own?.policy,
      since: own?.updatedAt,
    }));
    known.delete(caller);
    known.set(caller, { policy, readAt: now });
    const [oldest] = known.keys();
    if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
    // A failure is the answer to those who asked, and to nobody after them.
    policy.catch(() => {
      if (known.get(caller)?.policy === policy) known.delete(caller);
    });
    return policy;
  };
};
