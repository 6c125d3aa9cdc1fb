import type { ApiContext } from '../context.ts';
import { describeAddress, leadTo } from '../http/address.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findJob } from './find.ts';

/** The stable address of an output: leads to a URL that is signed at this moment. Counts from 0, in Adobe's order. */
export const outputRoute = (context: Pick<ApiContext, 'table' | 'objects'>): Route => ({
  method: 'GET',
  path: '/jobs/{jobId}/outputs/{index}',
  describe: {
    tag: 'Jobs',
    summary: 'One output of a job, counted from 0',
    description: 'The one link to keep: it leads to a fresh URL whenever it is followed.',
    ...describeAddress(),
    errors: [404],
  },
  handle: async (request) => {
    const { outputs = [] } = await findJob(context, request);
    const index = request.params['index'] ?? '';
    const output = /^(0|[1-9]\d{0,3})$/.test(index) ? outputs[Number(index)] : undefined;
    if (output === undefined) {
      throw new ProblemError(404, 'unknown_output', `The job has ${outputs.length} outputs, counted from 0.`);
    }
    return leadTo(request, () => context.objects.presignGet(output));
  },
});
