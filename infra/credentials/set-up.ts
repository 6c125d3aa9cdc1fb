import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { checkAndReport } from './check.ts';
import { CredentialsError, FunctionFailedError } from './errors.ts';
import { readGiven } from './inputs.ts';
import { planStore, type VerifiedCredentials } from './plan-store.ts';
import { endPending, runDaily } from './rotate.ts';
import type { Session } from './session.ts';
import type { StoredVersion } from './stored-secret.ts';

/**
 * Sets the stack up, or repairs it: checks the given credential, stores it, has a token made from it and lets the daily
 * run put the rest in order. Running it again changes nothing that is right.
 *
 * @throws {CredentialsError} saying what is missing; what was done before that stays done
 */
export const setUp = async (session: Session): Promise<void> => {
  const { env, prompt, secret, output, options } = session;
  const before = await secret.readCurrent();
  const given = await readGiven(env, prompt, before.credentials);
  output.conceal(given.clientSecret);
  refuseForeign(session, before, given.clientId);

  const { secretUuid } = await checkAndReport(session, given, options.secretUuid);
  await repairPending(session);
  await store(session, { ...given, secretUuid });
  await refresh(session);
  await runDaily(session);
  output.say(`${options.stack} is set up.`);
};

const refuseForeign = ({ options, output }: Session, before: StoredVersion, clientId: string): void => {
  const { credentials, problem } = before;
  if (problem !== undefined) output.say(`What is stored now cannot be used and is overwritten. ${problem}`);
  if (credentials === undefined || credentials.clientId === clientId || options.replace) return;
  throw new CredentialsError(
    `${options.stack} has the credentials of the client id ${credentials.clientId}, not of ${clientId}. ` +
      '--replace overwrites them; nothing was changed.',
  );
};

/** The repair needs the stored credentials; if those are what is broken, taking the label off is all that is needed. */
const repairPending = async (session: Session): Promise<void> => {
  try {
    await endPending(session);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    if ((await session.secret.readLabels()).pendingVersionId !== undefined) throw error;
    session.output.complain(`Note: the repair could not do everything yet. ${error.message}`);
  }
};

const store = async (session: Session, given: VerifiedCredentials): Promise<void> => {
  const { secret, output, options } = session;
  const { credentials } = await secret.readCurrent();
  const current = credentials?.clientId === given.clientId ? credentials : undefined;
  if (credentials) output.conceal(credentials.clientSecret);
  const { credentials: previous } = await secret.readPrevious();
  const plan = await planStore(given, { current, previous }, (stored) => works(session, stored));
  if (plan.kind === 'superseded') {
    output.say(
      `The given client secret ${given.secretUuid} was replaced by a rotation; the stored one, ` +
        `${current?.secretUuid}, works and stays.`,
    );
  }
  if (plan.credentials) await secret.store(plan.credentials);
  output.say(plan.credentials ? `Stored in ${options.stack}.` : `Stored in ${options.stack} already.`);
};

const works = async ({ adobe }: Session, { clientId, clientSecret }: ClientCredentials): Promise<boolean> => {
  try {
    await adobe.ims.mint({ clientId, clientSecret, scopes: adobe.generationScopes });
    return true;
  } catch (error) {
    if (error instanceof ImsError && error.kind === 'invalid_client') return false;
    throw error;
  }
};

const refresh = async ({ functions, output, clock }: Session): Promise<void> => {
  const { secondsLeft } = await functions.refreshToken();
  if (secondsLeft <= 0) throw new FunctionFailedError('The token refresh ended without a token; see its log.');
  const minutes = Math.floor(secondsLeft / 60);
  const until = new Date(clock.now() + secondsLeft * 1000).toISOString();
  output.say(`The access token lasts ${Math.floor(minutes / 60)} h ${minutes % 60} min, until ${until}.`);
};
