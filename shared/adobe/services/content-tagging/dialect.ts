import * as z from 'zod';
import { once } from '../../../once.ts';
import { asFields, asList } from '../body-fields.ts';
import { type JobPhase, readSuccess } from '../job-progress.ts';
import type { AcceptanceShape } from '../operation.ts';
import type { Reason } from '../outputs.ts';
import type { ServiceDialect } from '../service.ts';

const phases = [
  'pending',
  'running',
  'succeeded',
  'partially_succeeded',
  'failed',
  'cancelled',
  'timed_out',
] as const satisfies JobPhase[];

/** The gateway's own: Adobe documents no way to ask for a result that takes longer than the caller waits. */
export const taggingAcceptance: AcceptanceShape = {
  status: 202,
  schema: once(() =>
    z
      .object({ jobId: z.uuid(), statusUrl: z.url(), warnings: z.array(z.string()).optional() })
      .meta({ id: 'AcceptedTagging', description: 'It takes longer than the call may: where to follow it' }),
  ),
  write: (jobId, { statusUrl }) => ({ jobId, statusUrl }),
};

/** Why calls of engines failed; Adobe answers 200 all the same, with a status of each. */
const findFailures = (contentAnalyzerResponse: unknown): Reason[] =>
  asList(asFields(contentAnalyzerResponse)['statuses'])
    .flatMap((status) => asList(asFields(status)['invocations']))
    .flatMap((invocation) => {
      const { status, message } = asFields(invocation);
      const code = String(status ?? '200');
      if (/^2\d\d$/.test(code)) return [];
      return [{ code: `invocation_${code}`, message: typeof message === 'string' ? message : 'The engine failed.' }];
    });

/** Content Tagging's answers, and the gateway's in their form. */
export const taggingDialect: ServiceDialect = {
  // It has no jobs: its answer is the result.
  readAcceptance: () => undefined,

  readStatus: (answer, operation) => {
    const { contentAnalyzerResponse, result } = asFields(answer);
    const [failure] = findFailures(contentAnalyzerResponse);
    if (failure !== undefined && result === undefined) return { kind: 'failed', ...failure };
    return readSuccess(operation.result, answer, { reason: failure, isPartial: failure !== undefined });
  },

  // Clients take it apart as Adobe writes it.
  writeResult: ({ result: { texts, contentAnalyzerResponse, result } = {} }) =>
    texts === 2 && result !== undefined
      ? `${JSON.stringify(contentAnalyzerResponse)}\n${JSON.stringify(result)}\n`
      : undefined,

  statusSchema: once(() =>
    z
      .looseObject({
        jobId: z.uuid(),
        status: z.enum(phases),
        error_code: z.string().optional(),
        message: z.string().optional(),
      })
      .meta({ id: 'TaggingStatus' }),
  ),

  presentStatus: ({ jobId, phase, result, error }) => ({
    ...result,
    jobId,
    status: phase,
    error_code: error?.code,
    message: error?.message,
  }),
};
