import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TokenRefreshContext } from '#functions/token-refresh/context.ts';
import type { MintLease, MintLeases } from '#functions/token-refresh/mint-lease.ts';
import { refreshToken } from '#functions/token-refresh/refresh-token.ts';
import { reportFailure, reportRefreshed } from '#functions/token-refresh/status-report.ts';
import type { TokenStore } from '#functions/token-refresh/token-store.ts';
import type { ImsClient } from '#shared/adobe/auth/ims.ts';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { withScopeFallback } from '#shared/adobe/auth/scope-fallback.ts';
import type { ClientCredentials, StoredAccessToken } from '#shared/adobe/auth/stored-credentials.ts';
import type { TokenRefreshEvent } from '#shared/aws/access-token-source.ts';
import type { TokenRefreshStatus } from '#shared/aws/status-items.ts';
import type { ServiceAccessNeeds } from '#shared/deployment/support-environments.ts';
import type { RecordMetric } from '#shared/observability.ts';

export const hourMs = 3_600_000;
export const scopes = 'openid,firefly_api';

const firefly = { firefly: { scopes: scopes.split(','), url: 'https://firefly.example.com/absent' } };

/** What a credential needs for three services. */
export const threeServices = {
  ...firefly,
  press: { scopes: ['openid', 'ee.press'], url: 'https://press.example.com/absent' },
  paper: { scopes: ['openid', 'read_organizations'], url: 'https://paper.example.com/absent' },
};
const functionTimeoutMs = 60_000;

/** The two secrets, IMS and the lease in one process, on one clock. */
export const createWorld = (serviceAccess: ServiceAccessNeeds = firefly) => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  const clock = { now: () => now };
  const sleep = async (ms: number) => {
    await nextTurn();
    now += ms;
  };
  const stages: Partial<Record<'AWSCURRENT' | 'AWSPREVIOUS', { versionId: string; credentials?: ClientCredentials }>> =
    {
      AWSCURRENT: { versionId: 'c1', credentials: { clientId: 'client', clientSecret: 'secret-1' } },
    };
  const accepted = new Set(['secret-1']);
  const minted: string[] = [];
  const faults: ImsError[] = [];
  let version = { versionId: 'placeholder', token: undefined as StoredAccessToken | undefined };
  let lease: MintLease | undefined;
  let status: TokenRefreshStatus | undefined;
  const metrics: Parameters<RecordMetric>[] = [];
  const logged: string[] = [];
  const hooks = { whileMinting: async () => undefined as unknown };

  const lacking: { scopes: string[]; services: string[] } = { scopes: [], services: [] };

  const needed = Object.values(serviceAccess).map((needs) => needs.scopes);
  const asked = [...new Set(needed.flat())].join(',');

  const ims: ImsClient = {
    mint: async ({ clientSecret, scopes: given }) => {
      await nextTurn();
      await hooks.whileMinting();
      const fault = faults.shift();
      if (fault) throw fault;
      if (!accepted.has(clientSecret)) {
        throw new ImsError({ kind: 'invalid_client', status: 400, code: 'invalid_client' });
      }
      if (lacking.scopes.some((scope) => given.split(',').includes(scope))) {
        throw new ImsError({ kind: 'configuration', status: 400, code: 'invalid_scope' });
      }
      minted.push(clientSecret);
      return { accessToken: `token-${minted.length}`, expiresAt: now + 24 * hourMs };
    },
  };
  const store: TokenStore = {
    readCredentials: async (stage) => {
      await nextTurn();
      const found = stages[stage];
      return found && { versionId: found.versionId, credentials: found.credentials };
    },
    readToken: async () => {
      await nextTurn();
      return version;
    },
    putToken: async (token, replacedVersionId) => {
      await nextTurn();
      if (version.versionId !== replacedVersionId) return undefined;
      version = { versionId: `t${minted.length}`, token };
      return version.versionId;
    },
  };
  const leases: MintLeases = {
    take: async (wanted) => {
      await nextTurn();
      if (lease && lease.until > now && lease.tokenVersionId === wanted.tokenVersionId) return lease;
      lease = wanted;
      return undefined;
    },
    release: async (given) => {
      if (lease?.owner === given.owner) lease = undefined;
    },
  };
  const log = (message: string, fields?: Record<string, unknown>) => {
    logged.push(JSON.stringify({ message, ...fields }));
  };
  const context: TokenRefreshContext = {
    store,
    leases,
    ims: withScopeFallback(ims, asked, needed),
    scopes: asked,
    serviceAccess,
    checkAccess: async (url) =>
      lacking.services.includes(url)
        ? { kind: 'refused', error: { status: 403, code: 'user_not_entitled', message: 'no' } }
        : { kind: 'accepted' },
    sleep,
    status: {
      readTokenRefresh: async () => status,
      writeTokenRefresh: async (written) => {
        status = structuredClone(written);
      },
    },
    log: { debug: log, info: log, warn: log, error: log },
    recordMetric: (...metric) => metrics.push(metric),
    clock,
  };

  return {
    store,
    hooks,
    accepted,
    minted,
    faults,
    /** Scopes and services, the latter by their URLs, that the credential has not. */
    lacking,
    metrics,
    logged,
    status: () => status,
    stored: () => version,
    setCredentials: (versionId: string, credentials?: ClientCredentials) => {
      stages.AWSPREVIOUS = stages.AWSCURRENT;
      stages.AWSCURRENT = { versionId, ...(credentials && { credentials }) };
    },
    pass: (ms: number) => {
      now += ms;
    },
    now: clock.now,
    holdLease: (held: MintLease) => {
      lease = held;
    },
    run: async (event: TokenRefreshEvent = {}) => {
      try {
        return await reportRefreshed(context, await refreshToken(context, event, now + functionTimeoutMs));
      } catch (error) {
        await reportFailure(context, error);
        throw error;
      }
    },
  };
};
