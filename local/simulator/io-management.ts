import { type ClientSecret, type CredentialStore, maxClientSecrets } from './credentials.ts';
import { type Answer, adobeError, json, methodNotAllowed } from './http/answer.ts';
import type { ReceivedRequest } from './http/request.ts';
import type { Manner } from './manner/manner.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Tokens } from './tokens.ts';
import { authorize } from './tokens.ts';

const secretsPath = /^\/console\/organizations\/([^/]+)\/credentials\/([^/]+)\/secrets(?:\/([^/]+))?$/;

const readScopes = ['adobeio_api', 'read_client_secret'];
const shownLateMs = 5_000;

const manageScopes = ['adobeio_api', 'manage_client_secrets'];

/**
 * Plays the I/O Management API: list, add and delete the client secrets of one credential.
 *
 * Adobe does not document how it refuses a third secret or the deletion of the last one; here both are 400, and the manner can make the first one 409.
 */
export const createIoManagement = (
  credentials: CredentialStore,
  tokens: Tokens,
  settings: SimulatorSettings,
  manner: Manner,
): ((request: ReceivedRequest) => Answer) => {
  const { credential } = credentials;

  const list = (now: number): Answer => {
    const shownUntil = manner.isObserved('last-use-shown-late') ? now - shownLateMs : now;
    const secrets = credentials.secrets().map((secret) => describe(secret, shownUntil));
    return json(200, { client_id: credential.clientId, client_secrets: secrets });
  };

  const add = (): Answer => {
    const secret = credentials.add();
    if (!secret) {
      const [status, code] = manner.isObserved('third-secret-is-409')
        ? ([409, 'conflict'] as const)
        : ([400, 'bad_request'] as const);
      return adobeError(status, code, `A credential can have at most ${maxClientSecrets} client secrets`);
    }
    const { uuid, ...rest } = describe(secret, secret.createdAt);
    return json(settings.secretStatuses === 'guide' ? 201 : 200, { uuid, client_secret: secret.value, ...rest });
  };

  const remove = (uuid: string): Answer => {
    const secrets = credentials.secrets();
    if (!secrets.some((secret) => secret.uuid === uuid)) return notFound('client secret');
    if (secrets.length === 1) return adobeError(400, 'bad_request', 'The last client secret cannot be deleted');
    credentials.delete(uuid);
    if (settings.revokeTokensWithSecret) tokens.revokeSecret(uuid);
    return { status: settings.secretStatuses === 'guide' ? 204 : 200 };
  };

  return (request) => {
    const [, orgId, credentialId, uuid] = secretsPath.exec(request.path) ?? [];
    authorize(request, tokens, request.method === 'GET' ? readScopes : manageScopes, manner);
    if (orgId !== credential.orgId || credentialId !== credential.credentialId) return notFound('credential');
    if (uuid) return request.method === 'DELETE' ? remove(uuid) : methodNotAllowed('DELETE');
    if (request.method === 'GET') return list(request.arrivedAt);
    return request.method === 'POST' ? add() : methodNotAllowed('GET, POST');
  };
};

const notFound = (what: string): Answer => adobeError(404, 'not_found', `No such ${what}`);

/** @param shownUntil epoch ms; later uses are not shown yet */
const describe = (secret: ClientSecret, shownUntil: number) => ({
  uuid: secret.uuid,
  created_at: String(secret.createdAt),
  created_at_str: readableTime(secret.createdAt),
  expires_at: 'PERMANENT',
  expires_at_str: 'PERMANENT',
  secret_usages:
    secret.lastUsedAt === null || secret.lastUsedAt > shownUntil
      ? null
      : [{ last_used_at: String(secret.lastUsedAt), grant_type: 'client_credentials' }],
});

/** As the console writes times: `Tue, Apr 25 2023 18:48:05.000 UTC`. */
const readableTime = (epochMs: number): string => {
  const [weekday, dayOfMonth, month, year] = new Date(epochMs).toUTCString().split(' ');
  return `${weekday} ${month} ${dayOfMonth} ${year} ${new Date(epochMs).toISOString().slice(11, 23)} UTC`;
};
