import { json } from '../http/answer.ts';
import type { SimulatedService } from '../service/definition.ts';
import { createRefuse } from '../service/refusals.ts';
import { findSpace, substanceOperations, writeSpace } from './operations.ts';

/** A path as Substance 3D writes it. */
const writeLocation = (path: readonly (string | number)[]): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`), 'body');

const refuse = createRefuse(
  ({ code, message, issues }) => ({
    error_code: code,
    message,
    ...(issues.length > 0 && {
      error_details: issues.map((issue) => ({
        loc: writeLocation(issue.path),
        msg: issue.message,
        error_code: issue.code,
      })),
    }),
  }),
  { not_entitled: [403, 'access_error'], too_large: [413, 'entity_too_large'], unknown_job: [404, 'not_found'] },
);

/** `s3d.adobe.io`: Substance 3D. */
export const substance: SimulatedService = {
  id: 'substance',
  title: 'Substance 3D',
  scopes: ['openid', 'AdobeID', 'firefly_api', 'substance3d_api.spaces.create', 'substance3d_api.jobs.create'],
  // Adobe prints none.
  quotas: { substance: { windows: [{ seconds: 60, limit: 60 }] } },
  inputDomains: [
    'adobe.com',
    'adobe.io',
    'adobesensei.io',
    'amazonaws.com',
    'dropbox.com',
    'f.io',
    'frame.io',
    'github.com',
    'githubusercontent.com',
    'googleapis.com',
    'substance3d.com',
    'substance3d.io',
    'windows.net',
    'zapier.com',
  ],
  operations: substanceOperations,
  statusPaths: [{ path: '/v1/jobs/{jobId}' }],
  routes: [
    {
      method: 'GET',
      path: '/v1/spaces/{spaceId}',
      handle: (_, { params, jobs, base, renewUrl }) => {
        const job = findSpace(jobs.all(), params['spaceId'] ?? '');
        return job === undefined || job.phase !== 'succeeded'
          ? refuse({ kind: 'unknown_job', message: 'There is no such space' })
          : json(
              200,
              writeSpace(job, base, ({ url }) => url && renewUrl(url)),
            );
      },
    },
  ],
  partialOutputs: 'fail_the_job',
  refuse,
  explain: ({ kind, message }) => ({ code: kind, message }),
};
