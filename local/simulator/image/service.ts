import type { SimulatedService } from '../service/definition.ts';
import { createRefuse } from '../service/refusals.ts';
import { removeBackground } from './remove-background.ts';

const jobCodes = {
  input_unreachable: '400401',
  input_type: '400401',
  input_size: '400401',
  output_unwritable: '422404',
  internal: '500600',
} as const;

/** `image.adobe.io`: background removal. */
export const image: SimulatedService = {
  id: 'image',
  title: 'Photoshop imaging',
  scopes: ['openid', 'AdobeID', 'read_organizations'],
  quotas: {
    'remove-background': { windows: [{ seconds: 3, limit: 3 }] },
    'remove-background-status': { windows: [{ seconds: 3, limit: 1_000 }] },
    'image-status': { windows: [{ seconds: 3, limit: 310 }] },
  },
  inputDomains: ['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'assets.frame.io', 'storage.googleapis.com'],
  operations: [removeBackground],
  statusPaths: [{ path: '/v2/status/{jobId}', quota: 'image-status' }],
  partialOutputs: 'fail_the_job',
  refuse: createRefuse(
    ({ code, message, issues }) => ({
      error_code: code,
      message,
      ...(issues.length > 0 && {
        errors: issues.map((issue) => ({ error_code: code, message: `${issue.path.join('.')}: ${issue.message}` })),
      }),
    }),
    { rate_limited: [429, 'unauthorized_rate_limited'], not_entitled: [403, 'unauthorized_forbidden'] },
  ),
  explain: ({ kind, message }) => ({ code: jobCodes[kind], message }),
};
