import { setTimeout as wait } from 'node:timers/promises';
import type { Manner } from '../manner/manner.ts';
import type { Pictures } from '../picture/pictures.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { Explained, MadeOutput, PlannedOutput, ServiceJob, SimulatedService } from './definition.ts';
import { makeFile } from './files.ts';
import { fetchInput } from './inputs.ts';
import type { ServiceJobs } from './jobs.ts';
import { putOutput } from './put-output.ts';

/** What a job runs with. */
export interface RunJobParts {
  service: Pick<SimulatedService, 'explain' | 'partialOutputs'>;
  jobs: ServiceJobs;
  pictures: Pictures;
  settings: SimulatorSettings;
  manner: Manner;
  /** The URL of a hosted file. */
  hostedUrl(file: number, job: ServiceJob, lifetimeMs: number | undefined): string;
  /** Ends everything. */
  signal: AbortSignal;
}

/** Runs a job from its acceptance to its end: inputs are fetched, outputs made and written, and only then it is over. */
export const runJob = async (job: ServiceJob, parts: RunJobParts): Promise<void> => {
  const { service, jobs, settings, signal } = parts;
  const { operation, request, fault } = job;
  const pause = (ms: number) => (ms > 0 ? wait(ms, undefined, { signal, ref: false }) : Promise.resolve());
  const fail = (error: Explained) => jobs.move(job, { phase: 'failed', error });

  await pause(fault?.pendingMs ?? settings.pendingMs);
  jobs.move(job, { phase: 'running', progress: 1 });
  for (const input of operation.inputs(request)) {
    const fetched = await fetchInput(input, signal);
    if ('kind' in fetched) {
      fail(service.explain(fetched));
      return;
    }
    job.inputs.push(fetched);
  }
  await pause(fault?.generationMs ?? settings.generationMs * (operation.slowness ?? 1));
  const outcome = fault?.outcome ?? 'succeeded';
  if (outcome === 'cancelled' || outcome === 'canceled') {
    jobs.cancel(job);
    return;
  }
  if (outcome !== 'succeeded') {
    fail(faultError(job, service.explain({ kind: 'internal', message: 'The job failed' })));
    return;
  }
  const planned = operation.outputs(request, job);
  for (const [index, output] of planned.entries()) {
    if (job.phase !== 'running') return;
    job.outputs.push(await makeOutput(output, index, job, parts));
    jobs.move(job, { progress: Math.floor((100 * (index + 1)) / (planned.length + 1)) });
  }
  finish(job, parts);
};

const finish = (job: ServiceJob, { service, jobs }: RunJobParts): void => {
  const errors = job.outputs.flatMap(({ error }) => error ?? []);
  const [error] = errors;
  if (error === undefined) jobs.move(job, { phase: 'succeeded', progress: 100 });
  else if (service.partialOutputs === 'end_partially' && errors.length < job.outputs.length) {
    jobs.move(job, { phase: 'partially_succeeded', progress: 100 });
  } else jobs.move(job, { phase: 'failed', error });
};

const faultError = ({ fault }: ServiceJob, { code, message }: Explained): Explained => ({
  code: fault?.errorCode ?? code,
  message: fault?.message ?? message,
});

const makeOutput = async (
  planned: PlannedOutput,
  index: number,
  job: ServiceJob,
  { service, jobs, pictures, settings, manner, hostedUrl, signal }: RunJobParts,
): Promise<MadeOutput> => {
  const { mediaType, target } = planned;
  if (index < (job.fault?.failedOutputs ?? 0)) {
    const internal = service.explain({ kind: 'internal', message: 'The output could not be made' });
    return { mediaType, target, error: faultError(job, internal) };
  }
  const file = await makeFile(planned, pictures, target.kind === 'embedded' ? null : settings.outputBytes);
  switch (target.kind) {
    case 'hosted':
      return { mediaType, target, url: hostedUrl(jobs.host(file), job, target.lifetimeMs) };
    case 'embedded':
      return { mediaType, target, content: embed(file.whole, target.as) };
    case 'put': {
      const contentType = manner.isObserved('outputs-put-untyped') ? undefined : mediaType;
      const failure = await putOutput(target.url, file, contentType, signal);
      if (failure !== undefined) return { mediaType, target, error: service.explain(failure) };
      return { mediaType, target, url: target.url };
    }
  }
};

const embed = (bytes: Uint8Array, as: 'string' | 'base64' | 'json'): unknown => {
  const text = Buffer.from(bytes).toString(as === 'base64' ? 'base64' : 'utf8');
  return as === 'json' ? JSON.parse(text) : text;
};
