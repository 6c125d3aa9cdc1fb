import { type CredentialPart, type CredentialReport, checkCredential } from '#shared/adobe/console/credential-check.ts';
import { describeSecret } from '#shared/adobe/console/listed-secrets.ts';
import { adviseOnService } from '#shared/adobe/console/service-grants.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { services } from '#shared/adobe/services/registry.ts';
import { CredentialsError } from './errors.ts';
import { isGiven, readGiven } from './inputs.ts';
import { reportConcurrency } from './lambda-quota.ts';
import type { Session } from './session.ts';

/** What is checked. The ids come from the address of the credential's page. */
export interface CheckedCredential {
  clientId: string;
  clientSecret: string;
  orgId?: string;
  credentialId?: string;
}

const names: Record<CredentialPart, string> = {
  generation_token: 'a token for generation',
  firefly_access: 'access to Firefly',
  management_token: 'a token for the rotation of the client secret',
  secret_list: 'the client secrets of the credential',
  own_secret: 'which of them this one is',
};

/**
 * Checks a credential against Adobe and reports the outcome of each part, with what to do in the Developer Console.
 *
 * @param namedUuid the operator's word on which of the listed secrets this one is
 * @throws {CredentialsError} if a part failed
 */
export const checkAndReport = async (
  session: Session,
  credential: CheckedCredential,
  namedUuid: string | undefined,
): Promise<{ secretUuid: string }> => {
  const { output } = session;
  const { clientId, orgId, credentialId } = credential;
  if (orgId === undefined || credentialId === undefined) {
    throw new CredentialsError(
      'The stored credentials lack the ids of the credential\'s page: run "npm run credentials" with its address.',
    );
  }
  output.say(`Checking with Adobe: client id ${clientId}, organization ${orgId}, credential ${credentialId}.`);
  const report = await ask(session, { ...credential, orgId, credentialId }, namedUuid);
  reportParts(session, report);
  reportServices(session, report);
  if (report.ok && report.secretUuid !== undefined) return { secretUuid: report.secretUuid };
  throw new CredentialsError('The check failed; nothing was changed.');
};

const ask = (
  { adobe, clock, sleep, output }: Session,
  credential: CheckedCredential & { orgId: string; credentialId: string },
  namedUuid: string | undefined,
): Promise<CredentialReport> => {
  const { clientId, clientSecret, orgId, credentialId } = credential;
  const { openIoManagement, ...rest } = adobe;
  return checkCredential({
    ...rest,
    openIoManagement: (token) => openIoManagement({ clientId, orgId, credentialId }, token),
    clientId,
    clientSecret,
    namedUuid,
    clock,
    sleep,
    onAccessWait: (seconds, said) =>
      output.say(
        `  Firefly says ${said.replace(/\.$/, '')}. It refuses new credentials for some minutes: again in ${seconds} s.`,
      ),
  });
};

const reportParts = ({ output }: Session, { parts, secretUuid, listed }: CredentialReport): void => {
  for (const [part, name] of Object.entries(names)) {
    const found = parts.find((checked) => checked.part === part);
    if (found === undefined) output.say(`  -       ${name}: not checked, because of the above`);
    else if (!found.ok) output.say(`  FAILED  ${name}: ${found.advice}`);
    else output.say(part === 'own_secret' ? `  ok      ${name}: ${secretUuid}` : `  ok      ${name}`);
  }
  if (secretUuid === undefined) for (const secret of listed) output.say(`          listed: ${describeSecret(secret)}`);
};

/** A service that is missing is a note: the others go on without it. */
const reportServices = ({ output }: Session, { grants }: CredentialReport): void => {
  for (const [id, grant] of Object.entries(grants)) {
    const service = services.find((known) => known.id === id);
    if (service === undefined || id === firefly.id) continue;
    const advice = adviseOnService(service, grant);
    const verdict = grant.access === 'unknown' ? 'scopes are there, and it gave no verdict for now' : 'can be used';
    if (advice === undefined) output.say(`  ok      the service ${id}: ${verdict}`);
    else output.complain(`Note: the service ${id} cannot be used. ${advice}`);
  }
};

/**
 * Checks the account's concurrency, and the credential of the environment or, if there is none, the stored one, and writes nothing.
 *
 * @throws {CredentialsError} if a part failed
 */
export const checkOnly = async (session: Session): Promise<void> => {
  const { env, secret, output, options } = session;
  await reportConcurrency(session);
  if (isGiven(env) || !session.isDeployed) return checkGiven(session);
  const { credentials: stored, problem } = await secret.readCurrent();
  if (problem) throw new CredentialsError(problem);
  if (stored === undefined) return checkGiven(session);
  output.conceal(stored.clientSecret);
  output.say(`The credential that ${options.stack} uses.`);
  await reportState(session);
  await checkAndReport(session, stored, options.secretUuid ?? stored.secretUuid);
};

const checkGiven = async (session: Session): Promise<void> => {
  const { env, prompt, output, options } = session;
  const given = await readGiven(env, prompt, undefined);
  output.conceal(given.clientSecret);
  await checkAndReport(session, given, options.secretUuid);
};

/** Shows what the stack itself has on record about token and rotation. */
const reportState = async ({ status, secret, output }: Session): Promise<void> => {
  const token = await status.readTokenRefresh();
  const rotation = await status.readSecretRotation();
  const { pendingVersionId } = await secret.readLabels();
  if (token?.tokenExpiresAt) output.say(`  access token until ${token.tokenExpiresAt}`);
  if (rotation?.nextRotationAt) output.say(`  next rotation of the client secret ${rotation.nextRotationAt}`);
  if (token?.error) output.complain(`Note: the token refresh is failing (${token.error.code}): ${token.error.message}`);
  if (rotation?.error) output.complain(`Note: the rotation failed (${rotation.error.code}): ${rotation.error.message}`);
  if (pendingVersionId !== undefined) {
    output.complain(
      `Note: the rotation ${pendingVersionId} is under way, or was left by a crash (AWSPENDING). The daily run repairs ` +
        'it; "npm run credentials -- --rotate" does so now.',
    );
  }
};
