import type { AuditActor } from '../audit/entry.ts';
import { type AuditTrail, withAudit } from '../audit/trail.ts';
import type { Table } from '../aws/table.ts';
import { pauseCaller, resumeCaller } from '../jobs/lanes/caller-pauses.ts';

/** Where callers are paused, and by whom: the command and the API do the same, and leave the same entries. */
export interface PauseManagement {
  /** Of jobs. */
  jobs: Table;
  /** The names of all lanes. */
  lanes: readonly string[];
  audit: AuditTrail;
  actor: AuditActor;
}

const toOutcome = (changed: boolean): 'done' | 'unchanged' => (changed ? 'done' : 'unchanged');

/**
 * Keeps the jobs of a caller from their turns, whether the caller has a record or not.
 *
 * @returns false if it is paused already
 */
export const pauseManagedCaller = (
  { jobs, lanes, audit, actor }: PauseManagement,
  caller: string,
  reason?: string,
): Promise<boolean> => {
  const change = { ...actor, action: 'caller paused' as const, object: { caller } };
  return withAudit(audit, change, () => pauseCaller(jobs, lanes, caller, { by: actor.actor, reason }), toOutcome);
};

/**
 * Has dispatch give the jobs of a caller turns again.
 *
 * @returns false if it is not paused
 * @throws {AuditUnavailableError} if the audit trail cannot be written
 */
export const resumeManagedCaller = ({ jobs, audit, actor }: PauseManagement, caller: string): Promise<boolean> => {
  const change = { ...actor, action: 'caller resumed' as const, object: { caller } };
  return withAudit(audit, change, () => resumeCaller(jobs, caller), toOutcome);
};
