import type { Clock } from '#shared/clock.ts';
import type { CredentialStore } from '../credentials.ts';
import { type Answer, adobeError, methodNotAllowed, Refusal } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { Tokens } from '../tokens.ts';
import { authorize } from '../tokens.ts';
import { type AcceptJobParts, acceptJob, answerInSync } from './accept-job.ts';
import { listCustomModels } from './custom-models.ts';
import { jobState } from './job-state.ts';
import { type OutputUrl, statusAnswer } from './job-status.ts';
import { isJobId, type Job } from './jobs.ts';
import type { SimulatedOperation } from './operation.ts';
import { uploadImage } from './uploads.ts';
import { validationAnswer } from './validation-errors.ts';

/** Adobe: the scopes that a generation token has at least. */
const requiredScopes = ['openid', 'AdobeID', 'firefly_api', 'ff_apis'];

// Some minutes, as it was seen.
const newCredentialMs = 5 * 60_000;

const jobPath = /^(\/shard-sim851211)?\/v3\/(status|cancel)\/([^/]+)$/;

/** Plays the Firefly API: the generative operations, job status, cancel, uploads and the list of custom models. */
export const createFirefly = (
  parts: AcceptJobParts & {
    operations: readonly SimulatedOperation[];
    tokens: Tokens;
    credentials: Pick<CredentialStore, 'credential'>;
    clock: Clock;
    outputUrl: OutputUrl;
  },
): ((request: ReceivedRequest) => Promise<Answer>) => {
  const { operations, jobs, uploads, settings, manner, credentials, clock, tokens, outputUrl } = parts;

  const jobOf = (encodedId: string, clientId: string): Job => {
    const id = decoded(encodedId);
    if (!isJobId(id)) throw new Refusal(validationAnswer([malformedId]));
    const job = jobs.find(id);
    if (job?.clientId !== clientId) throw new Refusal(adobeError(404, 'unknown_job_id', 'The job is not known'));
    return job;
  };

  return async (request) => {
    const { client_id: clientId } = authorize(request, tokens, requiredScopes, manner);
    if (
      manner.isObserved('new-credential-refused') &&
      clock.now() < credentials.credential.createdAt + newCredentialMs
    ) {
      throw new Refusal(adobeError(403, '403003', 'Api Key is invalid'));
    }
    const operation = operations.find(({ path }) => path === request.path);
    if (operation !== undefined) {
      return request.method === 'POST' ? acceptJob(operation, request, clientId, parts) : methodNotAllowed('POST');
    }
    const sync = operations.find(({ syncPath }) => syncPath === request.path);
    if (sync !== undefined && request.method === 'POST' && manner.isObserved('sync-calls-answer')) {
      return answerInSync(sync, request, clientId, parts);
    }
    if (request.path === '/v2/storage/image') {
      return request.method === 'POST' ? uploadImage(request, clientId, uploads) : methodNotAllowed('POST');
    }
    if (request.path === '/v3/custom-models') {
      return request.method === 'GET' ? listCustomModels(request, settings) : methodNotAllowed('GET');
    }
    const [, shard, what, id] = jobPath.exec(request.path) ?? [];
    if (!id || (shard === undefined && manner.isObserved('status-only-on-shard')))
      return adobeError(404, 'not_found', 'Requested Resource Was Not Found');
    if (what === 'status') {
      if (request.method !== 'GET') return methodNotAllowed('GET');
      return statusAnswer(jobOf(id, clientId), clock.now(), outputUrl, settings.cancelledWord);
    }
    return request.method === 'PUT' ? cancel(jobOf(id, clientId), clock.now()) : methodNotAllowed('PUT');
  };
};

/** Adobe answers 409 or 410 for a job that has ended; which code comes with which status it does not say. */
const cancel = (job: Job, now: number): Answer => {
  switch (jobState(job, now).phase) {
    case 'waiting':
      job.cancelledAt = now;
      return { status: 200 };
    case 'cancelled':
      return adobeError(410, 'job_already_canceled', 'The job was cancelled before');
    case 'timeout':
      return adobeError(410, 'job_timeout', 'The job has timed out');
    default:
      return adobeError(409, 'job_completed', 'The job has completed');
  }
};

const malformedId = { loc: ['path', 'jobId'], msg: 'value is not a valid job id', type: 'value_error' };

const decoded = (component: string): string => {
  try {
    return decodeURIComponent(component);
  } catch (error) {
    if (error instanceof URIError) return '';
    throw error;
  }
};
