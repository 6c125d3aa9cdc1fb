import type { AuditTrail } from '#shared/audit/trail.ts';
import type { Table } from '#shared/aws/table.ts';
import type { SigningKey, TokenAudience } from '#shared/callers/token.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';

/** What the token endpoint works with. */
export interface CallerTokenContext extends TokenAudience {
  /** Of callers. */
  table: Table;
  audit: AuditTrail;
  /** The key to sign with; undefined until the first one has been made. */
  readSigningKey(): Promise<SigningKey | undefined>;
  lifetimeSeconds: number;
  log: Log;
  recordMetric: RecordMetric;
}
