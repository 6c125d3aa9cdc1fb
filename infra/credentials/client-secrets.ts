import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { ListedSecret, SecretList } from '#shared/adobe/console/io-management.ts';
import {
  classifySecrets,
  describeSecret,
  findCurrentSecret,
  readReplacedUuids,
} from '#shared/adobe/console/listed-secrets.ts';
import { retryTransient } from '#shared/adobe/http/retry.ts';
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
 * @throws {CredentialsError} if nothing is stored or Adobe does not show which secret is the current one
 * @throws {ImsError | IoManagementError} if Adobe refuses
 */
export const readClientSecrets = async (session: Session): Promise<ClientSecrets> => {
  const { secret, output } = session;
  const stored = await readConfigured(session);
  const { credentials: before } = await secret.readPrevious();
  if (before) output.conceal(before.clientSecret);
  const { current, listed } = await findCurrent(session, stored);
  const replacedUuids = readReplacedUuids(stored, before);
  const { previous, others } = classifySecrets(listed, { currentUuid: current.uuid, replacedUuids });
  const values = new Map([[current.uuid, stored]]);
  if (before?.secretUuid !== undefined && before.secretUuid !== current.uuid) values.set(before.secretUuid, before);
  return { current, previous: previous[0], others, replacedUuids, values };
};

/**
 * Mints a management token and opens the list of the client secrets with it.
 *
 * @throws {CredentialsError} if the ids of the credential are not stored
 */
export const openList = async (
  { adobe, clock, sleep }: Session,
  { clientId, clientSecret, orgId, credentialId }: ClientCredentials,
): Promise<() => Promise<SecretList>> => {
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
  return () => retrying(management.list);
};

const findCurrent = async (
  session: Session,
  stored: ClientCredentials,
): Promise<{ current: ListedSecret; listed: ListedSecret[] }> => {
  const { adobe, clock, sleep } = session;
  const { clientId, clientSecret, secretUuid } = stored;
  const { own, list } = await findCurrentSecret({
    storedUuid: secretUuid,
    list: await openList(session, stored),
    use: () => adobe.ims.mint({ clientId, clientSecret, scopes: adobe.generationScopes }),
    clock,
    sleep,
    patienceMs: adobe.patienceMs,
  });
  if (own.kind === 'found') return { current: own.secret, listed: list.secrets };
  throw new CredentialsError(
    `Adobe lists ${own.listed.map(describeSecret).join(' and ')} and does not tell which is the current one: ` +
      'run "npm run credentials" with --secret-uuid to name it.',
  );
};
