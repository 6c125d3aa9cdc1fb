import type { RotationPorts } from '#functions/secret-rotation/context.ts';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { type IoManagementClient, maxClientSecrets } from '#shared/adobe/console/io-management.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import type { Clock } from '#shared/clock.ts';

export interface AdobeSecret {
  uuid: string;
  value: string;
  createdAt: number;
  lastUsedAt?: number;
}

export const scopes = { generation: 'openid,firefly_api', management: 'openid,manage_client_secrets' };
export const credential = { clientId: 'client', orgId: '23294', credentialId: '112233' };
export const tokenLifetimeMs = 24 * 3_600_000;

interface IssuedToken {
  secretUuid: string;
  scopes: string;
  expiresAt: number;
}

/** Adobe as its documentation tells it: two secrets at most, values told once, use shown in the list. */
export const createFakeAdobe = (clock: Clock) => {
  const secrets: AdobeSecret[] = [];
  const tokens = new Map<string, IssuedToken>();
  let made = 0;
  const adobe = {
    secrets,
    propagationMs: 0,
    /** Whether tokens die with the secret they were minted with. */
    revokesTokens: false,
    refusedScopes: '' as string,
    /** Loses the answer to the next call that adds a secret, after the secret was made. */
    losesNextAdd: false,
    failsDeletes: false,
    deletedByGateway: [] as string[],
    mints: 0,
    lists: 0,
    consoleAdds: (): AdobeSecret => {
      made += 1;
      const secret = { uuid: `uuid-${made}`, value: `value-${made}`, createdAt: clock.now() };
      secrets.push(secret);
      return secret;
    },
    remove: (uuid: string) => {
      const index = secrets.findIndex((secret) => secret.uuid === uuid);
      if (index >= 0) secrets.splice(index, 1);
      return index >= 0;
    },
    /** Secrets that are deleted, but that IMS still accepts for a while. */
    lagging: [] as AdobeSecret[],
    accepts: (value: string) =>
      [...secrets, ...adobe.lagging].find(
        (secret) => secret.value === value && secret.createdAt + adobe.propagationMs <= clock.now(),
      ),
    isValidToken: (accessToken: string) => {
      const token = tokens.get(accessToken);
      if (token === undefined || token.expiresAt <= clock.now()) return false;
      return !adobe.revokesTokens || secrets.some(({ uuid }) => uuid === token.secretUuid);
    },
  };

  const ims: RotationPorts['ims'] = {
    mint: async ({ clientId, clientSecret, scopes: asked }) => {
      const secret = clientId === credential.clientId ? adobe.accepts(clientSecret) : undefined;
      if (secret === undefined) {
        throw new ImsError({ kind: 'invalid_client', status: 400, code: 'invalid_client', description: 'invalid' });
      }
      if (asked === adobe.refusedScopes) {
        throw new ImsError({ kind: 'configuration', status: 400, code: 'invalid_scope' });
      }
      secret.lastUsedAt = clock.now();
      adobe.mints += 1;
      const accessToken = `token-${adobe.mints}`;
      const expiresAt = clock.now() + tokenLifetimeMs;
      tokens.set(accessToken, { secretUuid: secret.uuid, scopes: asked, expiresAt });
      return { accessToken, expiresAt };
    },
  };

  const openIoManagement: RotationPorts['openIoManagement'] = (asked, accessToken): IoManagementClient => {
    const fail = (kind: 'unauthorized' | 'not_found' | 'refused' | 'no_answer') =>
      new IoManagementError({ kind, operation: 'call', code: kind, message: kind });
    const authorize = () => {
      if (!adobe.isValidToken(accessToken)) throw fail('unauthorized');
      if (tokens.get(accessToken)?.scopes !== scopes.management) throw fail('unauthorized');
      if (asked.orgId !== credential.orgId || asked.credentialId !== credential.credentialId) throw fail('not_found');
    };
    return {
      list: async () => {
        authorize();
        adobe.lists += 1;
        return {
          clientId: credential.clientId,
          date: Math.floor(clock.now() / 1000) * 1000,
          secrets: secrets.map(({ value: _, ...secret }) => ({ ...secret })),
        };
      },
      add: async () => {
        authorize();
        if (secrets.length >= maxClientSecrets) throw fail('refused');
        const { uuid, value, createdAt } = adobe.consoleAdds();
        if (adobe.losesNextAdd) {
          adobe.losesNextAdd = false;
          throw fail('no_answer');
        }
        return { uuid, clientSecret: value, createdAt };
      },
      delete: async (uuid) => {
        authorize();
        if (adobe.failsDeletes) throw fail('no_answer');
        if (secrets.length === 1) throw fail('refused');
        adobe.deletedByGateway.push(uuid);
        return adobe.remove(uuid);
      },
    };
  };

  const checkFirefly: RotationPorts['checkFirefly'] = async ({ accessToken }) =>
    adobe.isValidToken(accessToken) && tokens.get(accessToken)?.scopes === scopes.generation
      ? { kind: 'accepted' }
      : { kind: 'refused', error: { status: 401, code: '401013', message: 'Oauth token is not valid' } };

  return Object.assign(adobe, { ims, openIoManagement, checkFirefly });
};

/** What Secrets Manager holds for one of Adobe's secrets. */
export const credentialsOf = ({ uuid, value }: AdobeSecret): ClientCredentials => ({
  ...credential,
  projectId: '4566206088345177434',
  clientSecret: value,
  secretUuid: uuid,
});
