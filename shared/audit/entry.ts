import * as z from 'zod';
import { once } from '../once.ts';

/** How long entries are kept: a year, and a month to look at it. */
export const auditRetentionDays = 400;

/** What the trail knows of; work as such, such as a job that is accepted, is in the log only. */
export const auditActions = [
  'caller made',
  'caller changed',
  'caller disabled',
  'caller enabled',
  'caller removed',
  'caller paused',
  'caller resumed',
  'secret made',
  'secret removed',
  'policy changed',
  'sign-in refused',
  'queue paused',
  'queue resumed',
  'job cancelled by operator',
  'batch cancelled by operator',
  'caller erased',
  'job erased',
  'batch erased',
  'upload erased',
  'webhook made',
  'webhook deleted',
  'webhook changed',
  'webhook secret rotated',
  'webhook enabled',
  'credentials rotated',
  'credentials compromised',
] as const;

export type AuditAction = (typeof auditActions)[number];

/**
 * What gives somebody something, and is not done unless its entry could be written first. What stops, takes away or erases is never
 * held up by the trail.
 */
export const needsEntryFirst: ReadonlySet<AuditAction> = new Set([
  'caller made',
  'caller changed',
  'caller enabled',
  'caller resumed',
  'secret made',
  'policy changed',
  'queue resumed',
]);

/**
 * How far a change has come. `begun` is written before it: without an entry of the same `changeId` beside it, the change was
 * interrupted, and may have been made or not.
 */
export const auditOutcomes = ['begun', 'done', 'unchanged', 'failed', 'refused'] as const;

export type AuditOutcome = (typeof auditOutcomes)[number];

/** One line of the audit trail: ids only, never a secret, a prompt or a URL. */
export const auditEntrySchema = once(() =>
  z.object({
    entryId: z.uuid(),
    at: z.iso.datetime(),
    changeId: z.uuid().meta({ description: 'The same in the two entries of one change: before it and after it' }),
    actorKind: z
      .enum(['caller', 'aws', 'function'])
      .meta({ description: "Caller of the API, somebody with AWS credentials, or one of the gateway's own functions" }),
    actor: z
      .string()
      .meta({ description: 'The caller as its jobs bear it, an AWS access key id, or the name of a function' }),
    action: z.enum(auditActions),
    object: z
      .record(z.string(), z.string())
      .meta({ description: 'What it was done to, by ids, such as `jobId` or `caller`' }),
    outcome: z.enum(auditOutcomes),
    code: z.string().optional().meta({ description: 'Why it failed or was refused' }),
    requestId: z.string().optional().meta({ description: 'By which the log of the request is found' }),
  }),
);

/** One line of the audit trail. */
export type AuditEntry = z.output<ReturnType<typeof auditEntrySchema>>;

/** Who changes something, and by which request. */
export type AuditActor = Pick<AuditEntry, 'actorKind' | 'actor' | 'requestId'>;

/** Who changes what. */
export type AuditedChange = AuditActor & Pick<AuditEntry, 'action' | 'object'>;
