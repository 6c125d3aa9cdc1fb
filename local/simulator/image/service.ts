import { explain, refuse, requestQuota, scopes, statusQuota } from '../photoshop/words.ts';
import type { SimulatedService } from '../service/definition.ts';
import { autoCrop } from './auto-crop.ts';
import { maskingOperations } from './masking.ts';
import { removeBackground } from './remove-background.ts';

/** `image.adobe.io`: backgrounds, crops and masks. */
export const image: SimulatedService = {
  id: 'image',
  title: 'Photoshop imaging',
  scopes,
  quotas: {
    'photoshop-imaging': requestQuota,
    'remove-background': { windows: [{ seconds: 3, limit: 3 }] },
    'remove-background-status': { windows: [{ seconds: 3, limit: 1_000 }] },
    masking: { windows: [{ seconds: 60, limit: 60 }], perDay: 9_000 },
    'image-status': statusQuota,
  },
  inputDomains: ['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'assets.frame.io', 'storage.googleapis.com'],
  operations: [removeBackground, autoCrop, ...maskingOperations],
  statusPaths: [
    { path: '/v2/status/{jobId}', quota: 'image-status' },
    { path: '/v1/status/{jobId}', quota: 'image-status' },
  ],
  partialOutputs: 'fail_the_job',
  refuse,
  explain,
};
