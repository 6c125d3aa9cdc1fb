import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { ImsClient, MintedToken } from '../auth/ims.ts';
import { ImsError } from '../auth/ims-error.ts';
import { findMissingScopes, splitScopes } from '../auth/scopes.ts';
import { retryTransient, type Sleep } from '../http/retry.ts';
import type { IoManagementClient, ListedSecret } from './io-management.ts';
import { IoManagementError } from './io-management-error.ts';
import { findOwnSecret, type OwnSecret } from './listed-secrets.ts';
import type { ServiceAccess } from './service-access.ts';
import { checkGrants, type ServiceGrant, type ServiceNeeds } from './service-grants.ts';

/** The parts of a credential that the gateway needs, in the order in which they are checked. */
export type CredentialPart = 'generation_token' | 'firefly_access' | 'management_token' | 'secret_list' | 'own_secret';

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
  /** What Adobe gives the credential of each service that is on; a service that is missing is no failure of the others. */
  grants: Record<string, ServiceGrant>;
}

/** What is to be checked, and with what. */
export interface CredentialCheckOptions {
  ims: ImsClient;
  /** @param managementToken with the management scopes */
  openIoManagement: (managementToken: string) => IoManagementClient;
  checkFirefly: (token: MintedToken & { clientId: string }) => Promise<ServiceAccess>;
  clientId: string;
  clientSecret: string;
  /** Comma-separated. */
  generationScopes: string;
  /** What the credential needs for each service that is on. */
  serviceNeeds: ServiceNeeds;
  checkAccess: (url: string, token: { accessToken: string; clientId: string }) => Promise<ServiceAccess>;
  managementScopes: string;
  /** Which of the listed secrets the given one is, according to the operator. */
  namedUuid?: string;
  clock: Clock;
  sleep: Sleep;
  /** Told before the wait for a credential that Firefly refuses, as it does new ones for some minutes. */
  onAccessWait: (seconds: number, said: string) => void;
  /** How long to try again what fails in passing, and to wait for Adobe to show that a secret was used, ms. */
  patienceMs: number;
}

/** A part does not work although Adobe answered; knows what helps, unless that is the same for all failures of the part. */
class PartFailedError extends GatewayError {
  readonly remedy: string | undefined;

  constructor(code: string, message: string, remedy?: string) {
    super(code, message);
    this.remedy = remedy;
  }
}

/**
 * Checks each part of a credential against Adobe: generation scopes, access to Firefly, management scopes, the list of
 * client secrets, and which of them is the given one. Changes nothing but the times of last use.
 */
export const checkCredential = async (options: CredentialCheckOptions): Promise<CredentialReport> => {
  const { ims, clientId, clientSecret, clock, sleep, patienceMs } = options;
  const parts: PartCheck[] = [];
  const retry = <Result>(call: () => Promise<Result>) =>
    retryTransient(call, { clock, sleep, deadline: clock.now() + patienceMs });
  const mint = (scopes: string) => retry(() => ims.mint({ clientId, clientSecret, scopes }));

  let grants: CredentialReport['grants'] = {};
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
    grants,
    ...rest,
  });

  const mintWith = async (part: CredentialPart, scopes: string, required: readonly string[]) => {
    let token: MintedToken | undefined;
    await check(part, async () => {
      token = await mint(scopes);
      expectScopes(token, required);
    });
    // Even without some of its scopes it shows what else is missing.
    return token;
  };

  const token = await mintWith('generation_token', options.generationScopes, listRequired(options));
  if (isClientRefused) return report();
  if (token) {
    await check('firefly_access', () => expectAccess(options, { ...token, clientId }));
    grants = await checkGrants(options.serviceNeeds, { ...token, clientId }, options.checkAccess);
  }
  const managementToken = await mintWith(
    'management_token',
    options.managementScopes,
    splitScopes(options.managementScopes),
  );
  const tokenExpiresAt = token?.expiresAt;
  if (managementToken === undefined) return report({ tokenExpiresAt });

  const management = options.openIoManagement(managementToken.accessToken);
  const list = () => retry(() => management.list());
  const first = await check('secret_list', async () => {
    const answer = await list();
    if (answer.clientId !== clientId) {
      throw new PartFailedError(
        'credential_mismatch',
        `the console URL is that of the client id ${answer.clientId}, not of ${clientId}`,
        'Copy the console URL from the page of the credential with that client id.',
      );
    }
    return answer;
  });
  if (first === undefined) return report({ tokenExpiresAt });

  const own = await check('own_secret', async () => {
    const use = () => mint(options.managementScopes);
    const found = await findOwnSecret({ list, use, clock, sleep, patienceMs });
    const { namedUuid } = options;
    if (namedUuid !== undefined) return expectNamed(found, first.secrets, namedUuid);
    if (found.kind === 'ambiguous') {
      const uuids = found.listed.map(({ uuid }) => uuid).join(', ');
      throw new PartFailedError('own_secret_unknown', `any of ${uuids} may be the one`);
    }
    return found.secret;
  });
  return report({ tokenExpiresAt, secretUuid: own?.uuid, listed: first.secrets });
};

/** The scopes without which nothing works: what only other services than Firefly need costs them alone. */
const listRequired = ({ generationScopes, serviceNeeds }: CredentialCheckOptions): string[] => {
  const { firefly, ...others } = serviceNeeds;
  const optional = Object.values(others).flatMap(({ scopes }) => scopes);
  return splitScopes(generationScopes).filter((scope) => firefly?.scopes.includes(scope) || !optional.includes(scope));
};

const expectScopes = (token: MintedToken, asked: readonly string[]): void => {
  const missing = findMissingScopes(token, asked);
  if (missing.length === 0) return;
  throw new PartFailedError(
    'scopes_left_out',
    `IMS made a token and left out ${missing.join(', ')}`,
    'Correct the scopes in the settings, or add the API that they belong to, to the project in the Developer Console.',
  );
};

/** Waits before Firefly is asked again, in seconds: it was seen to refuse a new credential for some minutes. */
const accessWaits = [15, 30, 60, 60];

const expectAccess = async (
  { checkFirefly, sleep, onAccessWait }: CredentialCheckOptions,
  token: MintedToken & { clientId: string },
): Promise<void> => {
  for (const seconds of [...accessWaits, undefined]) {
    const access = await checkFirefly(token);
    if (access.kind === 'accepted') return;
    const said = `${access.error.code}: ${access.error.message}`;
    if (seconds === undefined || access.error.status !== 403) throw new PartFailedError('firefly_access', said);
    onAccessWait(seconds, said);
    await sleep(seconds * 1000);
  }
};

/** The uuid that the operator names counts where Adobe's list is ambiguous, not against it. */
const expectNamed = (found: OwnSecret, listed: readonly ListedSecret[], namedUuid: string): ListedSecret => {
  const named = listed.find(({ uuid }) => uuid === namedUuid);
  if (named === undefined) throw refuseNamed(`Adobe does not list ${namedUuid}`);
  if (found.kind === 'ambiguous' || found.secret.uuid === namedUuid) return named;
  throw refuseNamed(`Adobe noted a use of ${found.secret.uuid} when this one was used, not of ${namedUuid}`);
};

const refuseNamed = (why: string) =>
  new PartFailedError('named_secret_wrong', why, 'Correct the uuid, or leave it out.');

const project = "In the Developer Console, open the project's page";

const missingApi: Record<CredentialPart, string> = {
  generation_token: `${project} and add the API "Firefly - Firefly Services" to it.`,
  firefly_access: `${project} and add the API "Firefly - Firefly Services" to it, with a product profile that includes it.`,
  management_token: `${project} and add the "I/O Management API" to it, for the same OAuth Server-to-Server credential.`,
  secret_list: `${project} and add the "I/O Management API" to it, for the same OAuth Server-to-Server credential.`,
  own_secret:
    'Name it, with --secret-uuid or as secretUuid in the stored credentials; the page of the credential in the ' +
    'Developer Console shows values and times of creation.',
};

/** What to do about a part of a credential that does not work; holds no secret. */
const adviceFor = (part: CredentialPart, error: unknown): string => {
  const said = error instanceof Error ? error.message : String(error);
  return `${said.replace(/\.$/, '')}. ${findRemedy(part, error)}`;
};

const findRemedy = (part: CredentialPart, error: unknown): string => {
  if (error instanceof ImsError) {
    if (error.kind === 'invalid_client') return `Copy ${nameRefusedPart(error)} again from ${clientPage}.`;
    if (error.kind === 'transient') return 'Try again in a few minutes.';
    if (error.code === 'unauthorized_client') return `The project lacks the API of these scopes. ${missingApi[part]}`;
  }
  if (error instanceof IoManagementError) {
    if (error.kind === 'not_found') {
      return 'Its organization or its credential id is wrong. Copy the console URL again from the page of the credential.';
    }
    if (error.kind === 'forbidden') {
      return `${missingApi.secret_list} If it is there, the console URL belongs to another organization: copy it again.`;
    }
    if (error.kind === 'transient' || error.kind === 'no_answer') return 'Try again in a few minutes.';
  }
  return (error instanceof PartFailedError ? error.remedy : undefined) ?? missingApi[part];
};

const clientPage = 'the OAuth Server-to-Server credential in the Developer Console';

// IMS says in its description which of the two it refuses.
const nameRefusedPart = ({ description = '' }: ImsError): string => {
  if (description.includes('client_id')) return 'the client id';
  return description.includes('client_secret')
    ? 'the client secret (Retrieve client secret; it may have been deleted)'
    : 'client id and client secret';
};
