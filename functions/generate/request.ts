import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { countRequestedOutputs, type OperationDefinition } from '#shared/adobe/services/operation.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import type { Submission } from '#shared/adobe/services/submit.ts';
import { incomingKey } from '#shared/deployment/bucket.ts';
import { replaceSources } from '#shared/inputs/sources.ts';
import { findWebSources } from '#shared/inputs/web-sources.ts';
import { exactRequestOf, type Job, requestOf } from '#shared/jobs/job.ts';
import { readSecretHeaders, type StoredRequest } from '#shared/jobs/request-store.ts';
import type { GenerateContext } from './context.ts';
import type { PreparedInputs } from './inputs.ts';

// Presigned URLs die with the session of the role that signs them, whatever they say: an hour is what can be counted on.
const inputUrlSeconds = 3_600;
// A job that is over its time is given up by then.
const destinationMarginSeconds = 900;

/** Everything that a submit sends but for the token. */
export interface BuiltRequest {
  operation: OperationDefinition;
  submission: Submission;
  /** How many outputs it tells Adobe to write under `incoming/`; undefined if Adobe hosts them. */
  incoming: number | undefined;
}

/**
 * Builds what a submit sends. Everything that can fail with it does so here, before the fence: behind it, nobody could tell a
 * request that was never sent from one whose answer was lost.
 *
 * @throws {SyntaxError} if the request is no JSON
 * @throws {TypeError} if it is no object, or a header or the URL is malformed
 * @throws {UnknownOperationError}
 */
export const buildRequest = async (
  context: GenerateContext,
  job: Job,
  stored: StoredRequest,
  inputs: PreparedInputs,
): Promise<BuiltRequest> => {
  const operation = operationOf(job);
  const request: unknown = requestOf(stored);
  if (typeof request !== 'object' || request === null) throw new TypeError('The request is no object.');
  const { text, incoming } = await buildBody(context, job, stored, inputs);
  const { body, headers } = operation.encode?.(text) ?? { body: text, headers: undefined };
  const answerSeconds = operation.synchronous?.answerSeconds(request as Record<string, unknown>);
  const submission = {
    baseUrl: context.getBaseUrl(serviceOf(operation)),
    body,
    headers: {
      ...context.getOrganizationHeaders(serviceOf(operation)),
      ...headers,
      ...(await readSecrets(context, job, operation)),
    },
    timeoutMs: answerSeconds && answerSeconds * 1_000,
    modelVersion: job.modelVersion,
    requestId: `${job.jobId}-${job.turn}`,
  };
  new URL(operation.path, submission.baseUrl);
  new Headers({ 'x-request-id': submission.requestId, 'x-model-version': job.modelVersion ?? '' });
  return { operation, submission, incoming };
};

/** @throws {TypeError} if one is not there any more */
const readSecrets = async ({ table }: GenerateContext, job: Job, { secretHeaders = [] }: OperationDefinition) => {
  if (secretHeaders.length === 0) return {};
  const secrets = await readSecretHeaders(table, job);
  const missing = secretHeaders.filter((name) => !Object.hasOwn(secrets, name));
  if (missing.length > 0) throw new TypeError(`The request has lost its headers ${missing.join(', ')}.`);
  return secrets;
};

/**
 * The request body for Adobe, as JSON text: inputs are named by their uploads or by presigned URLs, outputs by presigned URLs to
 * write them to. It is made when it is sent and never stored.
 */
const buildBody = async (
  context: GenerateContext,
  job: Job,
  stored: StoredRequest,
  { uploads, objects }: PreparedInputs,
): Promise<{ text: string; incoming?: number }> => {
  const operation = operationOf(job);
  const request = requestOf(stored);
  const webUrls = new Map(findWebSources(request).map(({ id, url }) => [id, url]));
  const replacements = new Map<string, Record<string, string>>([
    ...Object.entries(uploads).map(([name, uploadId]): [string, Record<string, string>] => [
      webUrls.get(name) ?? name,
      { uploadId },
    ]),
    ...(await presignInputs(context, objects)),
  ]);
  const { destinations } = operation;
  const incoming = countRequestedOutputs(operation, request);
  if (context.findOutputs(job) === 'hosted' || destinations?.write === undefined || incoming === undefined) {
    if (replacements.size === 0 && destinations?.host === undefined) return { text: stored.request };
    const exact = replaceSources(exactRequestOf(stored), replacements) as Record<string, unknown>;
    return { text: JSON.stringify(destinations?.host?.(exact) ?? exact) };
  }
  // Its numbers are read, so that they are what JavaScript makes of them.
  const fields = replaceSources(request, replacements) as Record<string, unknown>;
  const urls = await presignDestinations(context, job, incoming);
  return { text: JSON.stringify(destinations.write(fields, urls)), incoming };
};

const presignInputs = ({ s3 }: GenerateContext, objects: PreparedInputs['objects']) =>
  Promise.all(
    Object.entries(objects).map(async ([url, { bucket, key }]): Promise<[string, Record<string, string>]> => {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      return [url, { url: await getSignedUrl(s3, command, { expiresIn: inputUrlSeconds }) }];
    }),
  );

const presignDestinations = (
  { s3, buckets, pollingPolicyFor }: GenerateContext,
  job: Job,
  count: number,
): Promise<string[]> => {
  const expiresIn = pollingPolicyFor(job).timeoutSeconds + destinationMarginSeconds;
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      getSignedUrl(s3, new PutObjectCommand({ Bucket: buckets.own, Key: incomingKey(job, index) }), { expiresIn }),
    ),
  );
};
