import type { SimulatedService } from '../service/definition.ts';
import { photoshopOperations } from './operations.ts';
import { explain, refuse, requestQuota, scopes, statusQuota } from './words.ts';

/** `photoshop-api.adobe.io`. */
export const photoshop: SimulatedService = {
  id: 'photoshop',
  title: 'Photoshop',
  scopes,
  quotas: { photoshop: requestQuota, 'photoshop-status': statusQuota },
  operations: photoshopOperations,
  statusPaths: [{ path: '/v2/status/{jobId}', quota: 'photoshop-status' }],
  partialOutputs: 'fail_the_job',
  refuse,
  explain,
};
