import type { ImsClient } from '#shared/adobe/auth/ims.ts';
import type { ServiceAccess } from '#shared/adobe/console/service-access.ts';
import type { Sleep } from '#shared/adobe/http/retry.ts';
import type { StatusItems } from '#shared/aws/status-items.ts';
import type { Clock } from '#shared/clock.ts';
import type { ServiceAccessNeeds } from '#shared/deployment/support-environments.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';
import type { MintLeases } from './mint-lease.ts';
import type { TokenStore } from './token-store.ts';

/** What the token refresh works with. */
export interface TokenRefreshContext {
  store: TokenStore;
  leases: MintLeases;
  ims: ImsClient;
  /** Of a generation token; comma-separated (Adobe: IMS v3). */
  scopes: string;
  /** What the credential needs for each service that is on. */
  serviceAccess: ServiceAccessNeeds;
  /** Asks a service at its URL whether it lets a token in. */
  checkAccess(url: string, token: { accessToken: string; clientId: string }): Promise<ServiceAccess>;
  status: Pick<StatusItems, 'readTokenRefresh' | 'writeTokenRefresh'>;
  clock: Clock;
  sleep: Sleep;
  log: Log;
  recordMetric: RecordMetric;
}
