import type { Clock } from '../../clock.ts';
import type { ImsClient, MintedToken } from '../auth/ims.ts';
import { ImsError } from '../auth/ims-error.ts';
import { retryTransient, type Sleep } from '../http/retry-transient.ts';
import { adviceFor } from './credential-advice.ts';
import {
  CredentialMismatchError,
  type CredentialPart,
  FireflyAccessError,
  NamedSecretError,
  OwnSecretUnknownError,
} from './credential-errors.ts';
import type { FireflyAccess } from './firefly-access.ts';
import type { IoManagementClient, ListedSecret } from './io-management.ts';
import { findOwnSecret, type OwnSecret } from './own-secret.ts';

/** Whether one part works; `advice` says what to change in the Developer Console if it does not. */
export type PartCheck = { part: CredentialPart; ok: true } | { part: CredentialPart; ok: false; advice: string };

/** What a check found out. Parts that depend on one that failed are not in the list. */
export interface CredentialReport {
  ok: boolean;
  parts: PartCheck[];
  /** When a generation token minted now expires, epoch ms. */
  tokenExpiresAt?: number;
  /** Which of the listed secrets is the given one. */
  secretUuid?: string;
  listed: ListedSecret[];
}

/** What is to be checked, and with what. */
export interface CredentialCheckOptions {
  ims: ImsClient;
  /** @param managementToken with the management scopes */
  openIoManagement: (managementToken: string) => IoManagementClient;
  checkFirefly: (token: MintedToken & { clientId: string }) => Promise<FireflyAccess>;
  clientId: string;
  clientSecret: string;
  /** Comma-separated. */
  generationScopes: string;
  managementScopes: string;
  /** The operator's word on which of the listed secrets the given one is. */
  namedUuid?: string | undefined;
  clock: Clock;
  sleep: Sleep;
  /** How long to try again what fails in passing, and to wait for Adobe to show that a secret was used, ms. */
  patienceMs: number;
}

/**
 * Checks each part of a credential against Adobe: generation scopes, access to Firefly, management scopes, the list of
 * client secrets, and which of them is the given one. Changes nothing but the times of last use.
 */
export const checkCredential = async (options: CredentialCheckOptions): Promise<CredentialReport> => {
  const { ims, clientId, clientSecret, clock, sleep, patienceMs } = options;
  const parts: PartCheck[] = [];
  const retry = { clock, sleep, deadline: clock.now() + patienceMs };
  const mint = (scopes: string) => retryTransient(() => ims.mint({ clientId, clientSecret, scopes }), retry);

  let isClientRefused = false;
  const check = async <Result>(part: CredentialPart, call: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      const result = await call();
      parts.push({ part, ok: true });
      return result;
    } catch (error) {
      isClientRefused ||= error instanceof ImsError && error.kind === 'invalid_client';
      parts.push({ part, ok: false, advice: adviceFor(part, error) });
      return undefined;
    }
  };
  const report = (rest: Partial<CredentialReport> = {}): CredentialReport => ({
    ok: parts.every(({ ok }) => ok),
    parts,
    listed: [],
    ...rest,
  });

  const token = await check('generation_token', () => mint(options.generationScopes));
  if (isClientRefused) return report();
  if (token) await check('firefly_access', () => expectAccess(options, { ...token, clientId }));
  const managementToken = await check('management_token', () => mint(options.managementScopes));
  const tokenExpiresAt = token?.expiresAt;
  if (managementToken === undefined) return report({ tokenExpiresAt });

  const management = options.openIoManagement(managementToken.accessToken);
  const list = () => retryTransient(() => management.list(), retry);
  const first = await check('secret_list', async () => {
    const answer = await list();
    if (answer.clientId !== clientId) throw new CredentialMismatchError(answer.clientId, clientId);
    return answer;
  });
  if (first === undefined) return report({ tokenExpiresAt });

  const own = await check('own_secret', async () => {
    const use = () => mint(options.managementScopes);
    const found = await findOwnSecret({ list, use, clock, sleep, patienceMs });
    const { namedUuid } = options;
    if (namedUuid !== undefined) return expectNamed(found, first.secrets, namedUuid);
    if (found.kind === 'ambiguous') throw new OwnSecretUnknownError(found.listed);
    return found.secret;
  });
  return report({ tokenExpiresAt, secretUuid: own?.uuid, listed: first.secrets });
};

const expectAccess = async (
  { checkFirefly }: CredentialCheckOptions,
  token: MintedToken & { clientId: string },
): Promise<void> => {
  const access = await checkFirefly(token);
  if (access.kind !== 'accepted') throw new FireflyAccessError(`${access.error.code}: ${access.error.message}`);
};

/** The operator's word counts where Adobe does not tell, not against what Adobe tells. */
const expectNamed = (found: OwnSecret, listed: readonly ListedSecret[], namedUuid: string): ListedSecret => {
  const named = listed.find(({ uuid }) => uuid === namedUuid);
  if (named === undefined) throw new NamedSecretError(`Adobe does not list ${namedUuid}`);
  if (found.kind === 'ambiguous' || found.secret.uuid === namedUuid) return named;
  throw new NamedSecretError(`Adobe noted a use of ${found.secret.uuid} when this one was used, not of ${namedUuid}`);
};
