import * as z from 'zod';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { serviceOf } from '#shared/adobe/services/registry.ts';
import { once } from '#shared/once.ts';
import { priorities } from '#shared/priority.ts';
import { labelHeader, maxWaitSeconds, outputNameHeader } from '../http/headers.ts';
import type { RouteDescription } from '../http/route-description.ts';

const commonHeaders = once(() => ({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The same request with the same key is the same job; quotes around the key do not matter' }),
  Prefer: z
    .string()
    .optional()
    .meta({ description: `\`wait=N\` waits up to N seconds for the result, ${maxWaitSeconds} at most` }),
  'Cache-Control': z.string().optional().meta({
    description:
      '`max-age=N`: a request with seeds that equals one of yours that succeeded in the last N seconds gets its outputs',
  }),
  'x-priority': z.enum(priorities).default('normal'),
  'x-label': labelHeader('Labels'),
  'x-output-name': outputNameHeader(
    'How the outputs are called in the folder of their job, with placeholders such as `{size.width}` for fields of the body',
  ),
}));

const waitParameter = once(() =>
  z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: `\`true\` waits for the result, ${maxWaitSeconds} s at most` }),
);

const modelHeader = ({ models }: OperationDefinition): Record<string, z.ZodType> => {
  if (models === undefined) return {};
  const values = z.enum([...models.values] as [string, ...string[]]);
  return {
    [models.header]: models.required
      ? values
      : values.optional().meta({ description: 'Without it the gateway sends the default of its settings' }),
  };
};

const secretHeaders = (operation: OperationDefinition): Record<string, z.ZodType> =>
  Object.fromEntries(
    (operation.secretHeaders ?? []).map((name) => [
      name,
      z
        .string()
        .min(1)
        .meta({ description: 'A secret of yours: erased once Adobe has taken the job', format: 'password' }),
    ]),
  );

const description = `Every field is checked before the request costs one of Adobe's; what is wrong is named in
\`validation_errors\`. Fields that are not documented are passed on to Adobe, with a warning in the job's record. A \`source\` may
also have a \`url\` of \`s3://bucket/key\` or \`job:<jobId>/<n>\`. Wrong fields are 422 \`validation_error\`, as Adobe documents it; its services
were seen to answer 400 \`bad_request\` with the same \`validation_errors\`.`;

/**
 * What the description of the API says of an operation.
 *
 * @param waits whether it is the synchronous call
 */
export const describeGeneration = (operation: OperationDefinition, waits: boolean): RouteDescription => {
  const { name, title, accepts, body, result, form, waitQuery, promptFields, models } = operation;
  const { presentRefusal, presentResult, writeResult, statusSchema } = serviceOf(operation).dialect;
  const waited = presentResult === undefined ? result.schema : statusSchema;
  const accepted = {
    description: waits ? 'It takes longer: where to follow it' : 'Accepted: where to follow it',
    content: { 'application/json': accepts.schema },
    headers: {
      location: 'URL of the status',
      link: 'URLs of status and cancel',
      'preference-applied': 'How long the answer waited, if `Prefer: wait` was heeded',
    },
  };
  const finished = {
    description: 'The result, for those who wait for it',
    content: { 'application/json': waited, ...(writeResult && { 'text/plain': () => z.string() }) },
  };
  // Where Adobe accepts with 200, the two answers differ in their bodies only.
  const either = {
    ...accepted,
    description: `${accepted.description}; or the result, for those who wait for it`,
    content: { 'application/json': () => z.union([accepts.schema(), waited()]) },
  };
  return {
    tag: serviceOf(operation).title,
    summary: waits ? `${title}, and wait for the result` : title,
    description,
    headers: () => z.object({ ...modelHeader(operation), ...secretHeaders(operation), ...commonHeaders() }),
    query: waitQuery === undefined ? undefined : () => z.object({ [waitQuery]: waitParameter() }),
    body: {
      'application/json': () => body,
      ...(form && { 'multipart/form-data': () => z.looseObject({ [form.part]: body }) }),
    },
    answers: accepts.status === 200 ? { 200: either } : { [accepts.status]: accepted, 200: finished },
    errors: [403, 413, 415, 422, 451, 503, '4XX', '5XX'],
    hasServiceErrors: presentRefusal !== undefined,
    operation: isOnlyWaiting(operation, waits)
      ? undefined
      : {
          name,
          promptFields,
          model: models && { header: models.header, default: models.required ? undefined : models.default },
        },
  };
};

// The synchronous call makes nothing that the other does not.
const isOnlyWaiting = ({ path, waitPath }: OperationDefinition, waits: boolean): boolean => waits && path !== waitPath;
