import type { AuditAction, AuditedChange } from '#shared/audit/entry.ts';
import { type AuditTrail, recordAudit, withAudit } from '#shared/audit/trail.ts';
import { hashCaller } from '#shared/deployment/bucket.ts';
import type { Log } from '#shared/observability.ts';
import type { ApiRequest } from './request.ts';

/** The callers' work, which is in the log, and not in the audit trail: each job has a record of its own. */
export type LoggedAction =
  | 'job accepted'
  | 'job reused'
  | 'job cancelled'
  | 'batch made'
  | 'batch cancelled'
  | 'upload form made'
  | 'image uploaded'
  | 'webhook tested';

/** Who changes something, by which request. */
export type Actor = Pick<ApiRequest, 'id' | 'caller'>;

/** What was changed, by ids; never a prompt, a URL or a secret. */
type ChangedObject = Readonly<Record<string, string>>;

/** Where changes are written down. */
interface AuditContext {
  audit: AuditTrail;
  log: Pick<Log, 'info'>;
}

/**
 * Writes the one line of the log that says who has changed what: the message is `audit`. Callers may be people, so that the line has
 * the hash that also names the caller's folder of uploads.
 *
 * @param object what it was done to, by ids; never a prompt, a URL or a secret
 */
export const audit = (
  log: Pick<Log, 'info'>,
  { id, caller }: Actor,
  action: LoggedAction | AuditAction,
  object: Readonly<Record<string, string | undefined>> = {},
): void => log.info('audit', { action, ...object, requestId: id, caller: hashCaller(caller()) });

/** The change as the audit trail has it. */
export const describeChange = ({ id, caller }: Actor, action: AuditAction, object: ChangedObject): AuditedChange => ({
  actorKind: 'caller',
  actor: caller(),
  requestId: id,
  action,
  object,
});

/** Writes down what a request has changed, in the log and in the audit trail. Never throws. */
export const auditChange = async (
  context: AuditContext,
  request: Actor,
  action: AuditAction,
  object: ChangedObject = {},
): Promise<void> => {
  audit(context.log, request, action, object);
  await recordAudit(context.audit, { ...describeChange(request, action, object), outcome: 'done' });
};

/**
 * Changes something that may have been changed before, under two entries of the audit trail.
 *
 * @param act says whether it changed anything
 * @throws {AuditUnavailableError} see {@link withAudit}; what `act` throws
 */
export const changeAudited = async (
  context: AuditContext,
  request: Actor,
  { action, object = {} }: { action: AuditAction; object?: ChangedObject },
  act: () => Promise<boolean>,
): Promise<boolean> => {
  const change = describeChange(request, action, object);
  const changed = await withAudit(context.audit, change, act, (did) => (did ? 'done' : 'unchanged'));
  if (changed) audit(context.log, request, action, object);
  return changed;
};
