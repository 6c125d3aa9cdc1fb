import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { ListedSecret } from '#shared/adobe/console/io-management.ts';
import { findOwnSecret } from '#shared/adobe/console/own-secret.ts';
import { retryTransient } from '#shared/adobe/http/retry-transient.ts';
import { describeListed } from './describe-secret.ts';
import { CredentialsError } from './errors.ts';
import { readConfigured, type Session } from './session.ts';

/** The client secrets at Adobe as the gateway knows them. */
export interface ClientSecrets {
  current: ListedSecret;
  /** What the last rotation replaced, as long as Adobe lists it. */
  previous?: ListedSecret;
  /** Not known to be the gateway's. */
  others: ListedSecret[];
  /** Uuids of secrets that were replaced, listed or not. */
  replacedUuids: string[];
  /** Values by uuid, of those that Secrets Manager still holds. */
  values: ReadonlyMap<string, ClientCredentials>;
}

/**
 * Lists the client secrets with a token minted from the stored one.
 *
 * @throws {CredentialsError} if nothing is stored or Adobe does not tell which secret is the current one
 * @throws {ImsError | IoManagementError} if Adobe refuses
 */
export const readClientSecrets = async (session: Session): Promise<ClientSecrets> => {
  const { secret, output } = session;
  const stored = await readConfigured(session);
  const { credentials: before } = await secret.readPrevious();
  if (before) output.conceal(before.clientSecret);
  const list = await openList(session, stored);
  const current = await findCurrent(session, stored, list);
  const replacedUuids = [before?.secretUuid, stored.replacedSecretUuid].filter((uuid) => uuid !== undefined);
  const rest = (await list()).filter(({ uuid }) => uuid !== current.uuid);
  const previous = rest.find(({ uuid }) => replacedUuids.includes(uuid));
  const values = new Map([[current.uuid, stored]]);
  if (before?.secretUuid !== undefined && before.secretUuid !== current.uuid) values.set(before.secretUuid, before);
  const others = rest.filter(({ uuid }) => uuid !== previous?.uuid);
  return { current, ...(previous && { previous }), others, replacedUuids, values };
};

/**
 * Mints a management token and opens the list of the client secrets with it.
 *
 * @throws {CredentialsError} if the ids of the credential are not stored
 */
export const openList = async (
  { adobe, clock, sleep }: Session,
  { clientId, clientSecret, orgId, credentialId }: ClientCredentials,
): Promise<() => Promise<ListedSecret[]>> => {
  if (orgId === undefined || credentialId === undefined) {
    throw new CredentialsError(
      'The stored credentials lack the ids of the console page: run "npm run credentials" with its address.',
    );
  }
  const retrying = <Result>(call: () => Promise<Result>) =>
    retryTransient(call, { clock, sleep, deadline: clock.now() + adobe.patienceMs });
  const { accessToken } = await retrying(() =>
    adobe.ims.mint({ clientId, clientSecret, scopes: adobe.managementScopes }),
  );
  const management = adobe.openIoManagement({ clientId, orgId, credentialId }, accessToken);
  return async () => (await retrying(management.list)).secrets;
};

const findCurrent = async (
  { adobe, clock, sleep }: Session,
  stored: ClientCredentials,
  list: () => Promise<ListedSecret[]>,
): Promise<ListedSecret> => {
  const known = (await list()).find(({ uuid }) => uuid === stored.secretUuid);
  if (known) return known;
  const { clientId, clientSecret } = stored;
  const own = await findOwnSecret({
    list: async () => ({ clientId, secrets: await list() }),
    use: () => adobe.ims.mint({ clientId, clientSecret, scopes: adobe.generationScopes }),
    clock,
    sleep,
    patienceMs: adobe.patienceMs,
  });
  if (own.kind === 'found') return own.secret;
  throw new CredentialsError(
    `Adobe lists ${own.listed.map(describeListed).join(' and ')} and does not tell which is the current one: ` +
      'run "npm run credentials" with --secret-uuid to name it.',
  );
};
