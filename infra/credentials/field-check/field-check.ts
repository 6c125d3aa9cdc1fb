import { writeFile } from 'node:fs/promises';
import packageJson from '../../../package.json' with { type: 'json' };
import { CredentialsError, UsageError } from '../errors.ts';
import { isGiven, readGiven } from '../inputs.ts';
import { readConfigured, type Session } from '../session.ts';
import { Account, ProbeError } from './account.ts';
import { probeRateHeaders, probeSynchronousCalls } from './calls.ts';
import { Findings, type Note } from './findings.ts';
import { makeFirstImage, probeGeneration } from './generation.ts';
import { probeOutputs } from './outputs.ts';
import { formatReport } from './report.ts';
import { probeSecrets } from './secrets.ts';

/** Paid operations that a check sends at most. */
export const maxPaid = 12;

/**
 * Finds out on the operator's own account what Adobe does not document, and writes a report for a public issue. Whatever ends it
 * early, what was learnt until then is written.
 *
 * @throws {UsageError} without a confirmation
 * @throws {CredentialsError} if Adobe gives no token, or the check ended early
 */
export const checkField = async (session: Session): Promise<void> => {
  const { options, output, adobe, clock, signals } = session;
  const credential = await chooseCredential(session);
  output.conceal(credential.clientSecret);
  await confirm(session, credential.clientId);
  const token = await adobe.ims.mint({ ...credential, scopes: adobe.generationScopes });
  output.conceal(token.accessToken);

  const findings = new Findings();
  const write = (paid: number, endedEarly?: string) => {
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const report = { day, version: packageJson.version, paid, endedEarly, findings: findings.all() };
    return writeFile(options.report, formatReport(report, options.report));
  };
  // A file that cannot be written is found out before anything costs.
  await write(0, 'The check has not ended.');

  const stop = new AbortController();
  const onInterrupt = () => stop.abort(new CredentialsError('Broken off by the operator.'));
  signals.once('SIGINT', onInterrupt);
  const account = new Account({
    baseUrl: adobe.fireflyUrl,
    token: { accessToken: token.accessToken, clientId: credential.clientId },
    maxPaid,
    clock,
    sleep: session.sleep,
    signal: stop.signal,
  });
  let endedEarly: string | undefined;
  try {
    await probeAll(session, credential, { account, note: findings.note, signal: stop.signal });
  } catch (error) {
    endedEarly = error instanceof CredentialsError || error instanceof ProbeError ? error.message : nameOf(error);
  } finally {
    signals.off('SIGINT', onInterrupt);
  }
  await write(account.paid, endedEarly);
  for (const { fact, verdict, seen } of findings.all()) {
    if (verdict === 'differs') output.say(`  differs  ${fact}: ${seen}`);
  }
  output.say(`${account.paid} paid operations; the report is in ${options.report}.`);
  if (endedEarly !== undefined) throw new CredentialsError(`The check ended early: ${endedEarly}`);
};

type Credential = { clientId: string; clientSecret: string; orgId?: string; credentialId?: string };

const chooseCredential = async (session: Session): Promise<Credential> =>
  isGiven(session.env) || !session.isDeployed
    ? readGiven(session.env, session.prompt, undefined)
    : readConfigured(session);

const confirm = async ({ options, prompt, output }: Session, clientId: string): Promise<void> => {
  const cost = `This generates up to ${maxPaid} images with the client id ${clientId}; each may be billed as one Operation.`;
  if (options.yes) return output.say(cost);
  if (prompt === undefined) throw new UsageError(`${cost} Confirm it with --yes.`);
  output.say(cost);
  if (!/^y(es)?$/i.test(await prompt.ask('Go on? [y/N] '))) throw new CredentialsError('Nothing was sent.');
};

const probeAll = async (
  session: Session,
  credential: Credential,
  { account, note, signal }: { account: Account; note: Note; signal: AbortSignal },
): Promise<void> => {
  const { output, options, adobe, clock, sleep } = session;
  /** One group of probes; what it cannot find out does not keep the others from theirs. */
  const group = async <Result>(name: string, probe: () => Promise<Result>): Promise<Result | undefined> => {
    signal.throwIfAborted();
    output.say(`  ${name} (${account.paid} paid so far)`);
    try {
      return await probe();
    } catch (error) {
      if (signal.aborted || error instanceof TypeError) throw error;
      output.say(`    not found out: ${error instanceof ProbeError ? error.message : nameOf(error)}`);
      return undefined;
    }
  };
  const first = await group('a first image', () => makeFirstImage(account));
  if (first !== undefined) {
    await group('headers about rates', () => probeRateHeaders(account, note, first));
    await group('the outputs, and where the job can be read', () => probeOutputs(account, note, first, sleep));
    await group('seeds, sizes and models', () => probeGeneration(account, note, first));
  }
  await group('synchronous calls', () => probeSynchronousCalls(account, note));
  if (!options.touchSecrets) return;
  await group('client secrets', async () => {
    const { clientId, clientSecret, orgId, credentialId } = credential;
    if (orgId === undefined || credentialId === undefined) throw new ProbeError('The ids of the page are not known.');
    const { accessToken } = await adobe.ims.mint({ clientId, clientSecret, scopes: adobe.managementScopes });
    output.conceal(accessToken);
    const management = adobe.openIoManagement({ clientId, orgId, credentialId }, accessToken);
    const { ims, managementScopes: scopes } = adobe;
    await probeSecrets({ management, ims, clientId, scopes, clock, sleep, signal, conceal: output.conceal }, note);
  });
};

/** An error in a word: its message may hold an address or an id. */
const nameOf = (error: unknown): string => (error instanceof Error ? `${error.name}.` : 'an unknown error.');
