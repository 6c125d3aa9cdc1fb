import { json } from '../http/answer.ts';
import type { PlannedOutput, ServiceOperation } from '../service/definition.ts';
import { readBody } from './fields.ts';
import { type NamedOutput, toOutputs } from './plan.ts';
import { type ToldResult, writeStatus } from './status.ts';

const shared: Pick<ServiceOperation, 'quotas' | 'statusPath' | 'inputs' | 'accept'> = {
  quotas: ['indesign'],
  statusPath: '/v3/status/{jobId}',
  inputs: (body) =>
    readBody(body).assets.map(({ source }, index) => ({
      path: ['assets', index, 'source', 'url'],
      url: source.url,
      maxBytes: 2 * 1024 ** 3,
    })),
  accept: ({ jobId }, { statusUrl }) =>
    json(202, { jobId, statusUrl }, { 'retry-after': '5', link: `<${statusUrl}>; rel="status"` }),
};

type Definition = Pick<ServiceOperation, 'path' | 'body' | 'requiredHeaders'>;

/** An operation that makes files. */
export const makingFiles = (
  definition: Definition,
  plan: (body: Readonly<Record<string, unknown>>) => NamedOutput[],
  tell: (body: Readonly<Record<string, unknown>>) => Record<string, unknown> | undefined = () => undefined,
): ServiceOperation => ({
  ...shared,
  ...definition,
  outputs: (body) => toOutputs(plan(body), body),
  status: (job, query) =>
    writeStatus(job, query, (request): ToldResult => {
      const data = tell(request);
      return { names: plan(request).map(({ name }) => name), ...(data !== undefined && { data }) };
    }),
});

const maxInlineBytes = 250 * 1024;

/** An operation that tells something about a document and makes no file. */
export const tellingData = (
  definition: Definition,
  tell: (body: Readonly<Record<string, unknown>>) => Record<string, unknown>,
): ServiceOperation => ({
  ...shared,
  ...definition,
  outputs: (body): PlannedOutput[] => {
    const content = JSON.stringify(tell(body));
    const target =
      content.length > maxInlineBytes ? ({ kind: 'hosted' } as const) : ({ kind: 'embedded', as: 'json' } as const);
    return [{ mediaType: 'application/json', target, content }];
  },
  status: (job, query) => writeStatus(job, query, () => ({ names: [] })),
});
