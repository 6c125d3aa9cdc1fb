import type { CryptoKey } from 'jose';
import type { Table } from '#shared/aws/table.ts';
import type { TokenAudience } from '#shared/callers/token.ts';
import type { Log } from '#shared/observability.ts';

/** What the authorizer works with. */
export interface AuthorizeContext extends TokenAudience {
  /** Of callers. */
  table: Table;
  /** Finds the public key that a token names. */
  findKey(kid: string): Promise<CryptoKey | undefined>;
  log: Log;
}
