import * as z from 'zod';
import { setFavourite, setLabels } from '#shared/jobs/edit-job.ts';
import type { Job } from '#shared/jobs/job.ts';
import { once } from '#shared/once.ts';
import { labelRule, labelsSchema } from '#shared/requests/labels.ts';
import type { ApiContext } from '../context.ts';
import { readBodyAs } from '../http/json-body.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findJob, unknownJob } from './get.ts';

const maxBodyBytes = 8_192;

const favouriteBody = once(() => z.strictObject({ favourite: z.boolean() }));

const labelsBody = once(() =>
  labelsSchema().meta({ description: `The whole map, in place of what the job has; they ${labelRule}` }),
);

const editedJob = once(() =>
  z
    .object({
      jobId: z.uuid(),
      labels: z.record(z.string(), z.string()).optional(),
      favourite: z.boolean().optional(),
    })
    .meta({ id: 'EditedJob', description: 'What callers can change of a job' }),
);

const editAnswers = { 200: { description: 'As it is now', content: { 'application/json': editedJob } } };

/** What callers change of their jobs, whatever state these are in. */
export const editRoutes = ({ table }: Pick<ApiContext, 'table'>): Route[] => [
  {
    method: 'PUT',
    path: '/jobs/{jobId}/labels',
    describe: {
      tag: 'Jobs',
      summary: 'Set the labels of a job',
      description:
        'Its event, its tags in S3 and usage have the labels that the job has when it ends: later ones change its record and what lists find.',
      body: { 'application/json': labelsBody },
      answers: editAnswers,
      errors: [404, 409, 413, 415, 422],
    },
    handle: async (request) => {
      const job = await findJob({ table }, request);
      const labels = readBodyAs(labelsBody, request.body, maxBodyBytes);
      const edited = await setLabels(table, job, labels);
      if (edited === 'ending') {
        throw new ProblemError(409, 'job_ending', 'The job is ending, and is just being counted: try again.', {
          headers: { 'retry-after': '2' },
        });
      }
      return answer(edited);
    },
  },
  {
    method: 'PUT',
    path: '/jobs/{jobId}/favourite',
    describe: {
      tag: 'Jobs',
      summary: 'Mark a job as a favourite, or no longer',
      body: { 'application/json': favouriteBody },
      answers: editAnswers,
      errors: [404, 413, 415, 422],
    },
    handle: async (request) => {
      const job = await findJob({ table }, request);
      const { favourite } = readBodyAs(favouriteBody, request.body, maxBodyBytes);
      return answer(await setFavourite(table, job, favourite));
    },
  },
];

/** @throws {ProblemError} 404 if the job was erased meanwhile */
const answer = (job: Pick<Job, 'jobId' | 'labels' | 'favourite'> | undefined) => {
  if (job === undefined) throw unknownJob();
  const { jobId, labels, favourite } = job;
  return jsonResponse(200, { jobId, labels, favourite } satisfies z.output<ReturnType<typeof editedJob>>);
};
