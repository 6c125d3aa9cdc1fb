import { json } from '../http/answer.ts';
import type { SimulatedService } from '../service/definition.ts';
import { createRefuse } from '../service/refusals.ts';
import { createRendition, mergeData, traceImage } from './operations.ts';

/** `illustrator-api.adobe.io`. */
export const illustrator: SimulatedService = {
  id: 'illustrator',
  title: 'Illustrator',
  scopes: ['openid', 'AdobeID', 'ff_apis', 'firefly_enterprise', 'illustrator_services_beta'],
  quotas: { illustrator: { windows: [{ seconds: 60, limit: 60 }] } },
  inputDomains: ['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'assets.frame.io', 'storage.googleapis.com'],
  operations: [createRendition, mergeData, traceImage],
  statusPaths: [{ path: '/v1/status/{jobId}' }, { path: '/v1/status/{jobId}/image-trace' }],
  partialOutputs: 'end_partially',
  refuse: createRefuse(({ code, message, issues }) => ({
    error_code: code,
    message: issues.length > 0 ? 'Invalid request payload. Check validation_errors for details.' : message,
    ...(issues.length > 0 && {
      validation_errors: issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    }),
  })),
  explain: ({ message }) => ({ code: 'runtime_error', message }),
  // Adobe's edge writes its codes as numbers for this service, with a title beside them.
  writeEdgeError: (status, code, message) =>
    json(status, { title: 'ErrEdge', status, error_code: Number(code), message }),
};
