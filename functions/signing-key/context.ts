import type { Table } from '#shared/aws/table.ts';
import type { TokenAudience } from '#shared/callers/token.ts';
import type { Log } from '#shared/observability.ts';
import type { KeyStore } from './key-store.ts';

/** What the rotation of the signing key works with. */
export interface SigningKeyContext {
  keys: KeyStore;
  /** Of callers; the public keys are there. */
  table: Table;
  /** For the token that a new key is tested with. */
  audience: TokenAudience;
  /** How long the tokens live that callers hold. */
  tokenLifetimeSeconds: number;
  log: Log;
}
