import { hashCaller } from '#shared/deployment/bucket.ts';
import type { Log } from '#shared/observability.ts';
import type { ApiRequest } from './request.ts';

/** What callers and operators change. */
export type AuditedAction =
  | 'job accepted'
  | 'job reused'
  | 'job cancelled'
  | 'job erased'
  | 'batch made'
  | 'batch cancelled'
  | 'batch erased'
  | 'upload form made'
  | 'image uploaded'
  | 'upload erased'
  | 'webhook made'
  | 'webhook tested'
  | 'webhook secret rotated'
  | 'webhook enabled'
  | 'webhook deleted'
  | 'queue paused'
  | 'queue resumed'
  | 'caller erased';

/** Who changes something, by which request. */
export type Actor = Pick<ApiRequest, 'id' | 'caller'>;

/**
 * Writes the one line of the log that says who has changed what: the message is `audit`. Callers may be people, so that the line has
 * the hash that also names the caller's folder of uploads.
 *
 * @param object what it was done to, by ids; never a prompt, a URL or a secret
 */
export const audit = (
  log: Pick<Log, 'info'>,
  { id, caller }: Actor,
  action: AuditedAction,
  object: Readonly<Record<string, string | undefined>> = {},
): void => log.info('audit', { action, ...object, requestId: id, caller: hashCaller(caller()) });
