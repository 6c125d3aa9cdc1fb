import type { Unsuccessful } from '#shared/adobe/services/job-progress.ts';
import { isReusable } from '#shared/adobe/services/registry.ts';
import {
  hasOutputs,
  isFinal,
  type Job,
  type JobError,
  type JobOutput,
  type OutputError,
  type Turn,
} from '#shared/jobs/job.ts';
import type { SentJob } from '#shared/jobs/job-store.ts';
import type { StoredRequest } from '#shared/jobs/request-store.ts';
import { rememberReusable } from '#shared/jobs/reuse.ts';
import { unknownOutcome } from '#shared/jobs/set-aside.ts';
import { abridge } from '#shared/jobs/stored-output.ts';
import { endJob, type JobEnd } from '#shared/jobs/transitions.ts';
import { type MetricName, metricNames } from '#shared/metrics.ts';
import type { AdobeAnswer } from './adobe-answer.ts';
import { clearIncoming } from './clear-incoming.ts';
import type { GenerateContext } from './context.ts';
import { hideTexts } from './hide-texts.ts';
import { writeManifest } from './manifest.ts';
import { publishJobEnded, readSentJob, readTurnJob, type TurnEnd } from './turn.ts';

const metrics = {
  succeeded: metricNames.jobsSucceeded,
  partially_succeeded: metricNames.jobsPartiallySucceeded,
  failed: metricNames.jobsFailed,
  cancelled: metricNames.jobsCancelled,
  timed_out: metricNames.jobsTimedOut,
} as const satisfies Record<JobEnd['to'], MetricName>;

/**
 * Ends a job that Adobe ended without a result, with Adobe's code and message, and publishes the end.
 *
 * @param end undefined if the job has ended without this execution
 */
export const endUnsuccessful = async (
  context: GenerateContext,
  turn: Turn,
  end: Unsuccessful | undefined,
): Promise<TurnEnd> => {
  const job = await readTurnJob(context, turn);
  if (job === undefined || end === undefined) {
    const published = await publishJobEnded(context, job);
    // What ended the job may have been cut off before it came to this.
    if (job !== undefined && isFinal(job.state)) await clearIncoming(context, job, job.state);
    return published;
  }
  const { kind, code, message } = end;
  const { lostAnswer } = job;
  if (code === unknownOutcome.code) context.recordMetric(metricNames.submitOutcomeUnknown, 1);
  const error = { code, message, upstreamStatus: lostAnswer?.upstreamStatus };
  const published = await endAndPublish(context, job, { to: kind, error });
  await clearIncoming(context, job, kind);
  return published;
};

/** What storing the outputs of a job led to. */
interface Stored {
  outputs: JobOutput[];
  /** One entry for each output that Adobe lists and that is not stored. */
  errors: OutputError[];
  /** Adobe's own words for a success without outputs. */
  reason?: JobError;
  /** What the caller should know though all is stored. */
  warnings?: string[];
  /** Holds what the record cannot. */
  answer: AdobeAnswer;
  /** Whether to write job.json. */
  manifest?: boolean;
  /** What the record does not say yet of Adobe's answer. */
  changes?: Omit<JobEnd, 'to'>;
}

/** Ends a job whose outputs are stored, all or some or none: manifest, end, and publication, each of which can be repeated. */
export const endStored = async (context: GenerateContext, turn: Turn, stored: Stored): Promise<TurnEnd> => {
  const sent = await readSentJob(context, turn);
  return sent === undefined ? { state: 'stale' } : endSent(context, sent, stored);
};

/** The same of a job as it was read. */
export const endSent = async (
  context: GenerateContext,
  sent: SentJob,
  { manifest = true, changes = {}, ...stored }: Stored,
): Promise<TurnEnd> => {
  const { job, request } = sent;
  const warnings = stored.warnings?.length ? [...job.warnings, ...stored.warnings] : undefined;
  const end = { ...decideEnd(job, stored), ...(warnings !== undefined && { warnings }) };
  if (manifest && !isFinal(job.state) && hasOutputs(end.to)) await writeManifest(context, sent, end, stored.answer);
  const published = await endAndPublish(context, job, { ...changes, ...abridge(end) }, request);
  await clearIncoming(context, job, end.to);
  return published;
};

/** All that was asked for is there, or some of it, or nothing. */
const decideEnd = (
  { requested = 0, received = 0, listed = received }: Pick<Job, 'requested' | 'received' | 'listed'>,
  { outputs, errors: notStored, reason }: Pick<Stored, 'outputs' | 'errors' | 'reason'>,
): JobEnd => {
  const notReturned = Array.from({ length: Math.max(0, requested - listed) }, () => outputNotReturned);
  const errors = [...notStored, ...notReturned];
  if (errors.length === 0) return { to: 'succeeded', outputs };
  if (outputs.length > 0) return { to: 'partially_succeeded', outputs, errors };
  if (listed === 0) return { to: 'failed', error: reason ?? noOutputs };
  const [first] = notStored;
  return { to: 'failed', error: first && { code: first.code, message: first.message }, errors };
};

const outputNotReturned: OutputError = {
  code: 'output_not_returned',
  message:
    'Adobe returned fewer outputs than were asked for. It does not say why; its content filter takes outputs out.',
};

const noOutputs: JobError = {
  code: 'output_media_unsafe',
  message: 'Adobe finished the job without any output. It does not say why; its content filter takes outputs out.',
};

const endAndPublish = async (
  context: GenerateContext,
  job: Job,
  end: JobEnd,
  request?: StoredRequest,
): Promise<TurnEnd> => {
  const told = await hideTexts(context, job, end);
  const ended = isFinal(job.state) ? undefined : await endJob(context.table, job, ['running', 'storing'], told);
  if (ended === undefined) return publishJobEnded(context, isFinal(job.state) ? job : await readTurnJob(context, job));
  context.recordMetric(metrics[end.to], 1);
  if (end.to === 'succeeded') await tellReusable(context, { ...ended, ...request });
  return publishJobEnded(context, ended);
};

const tellReusable = async ({ table }: GenerateContext, ended: Job & Partial<StoredRequest>): Promise<void> => {
  const { request } = ended;
  if (request === undefined) return;
  const reusable = { ...ended, request };
  if (isReusable(reusable)) await rememberReusable(table, reusable);
};
