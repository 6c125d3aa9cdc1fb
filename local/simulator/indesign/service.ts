import type { SimulatedService } from '../service/definition.ts';
import { createRefuse, writeErrorCode } from '../service/refusals.ts';
import { convertPdf, createRendition, mergeData, remapLinks } from './documents.ts';
import { documentInfo, mergeDataTags } from './information.ts';

const jobCodes = {
  input_unreachable: 'asset_download_error',
  input_type: 'invalid_asset',
  input_size: 'asset_too_large',
  output_unwritable: 'asset_upload_error',
  internal: 'capability_error',
} as const;

/** `indesign.adobe.io`. Polls count in the limit as well: it is one over all endpoints. */
export const indesign: SimulatedService = {
  id: 'indesign',
  title: 'InDesign',
  scopes: [],
  quotas: { indesign: { windows: [{ seconds: 60, limit: 350 }] } },
  inputDomains: [
    'amazonaws.com',
    'windows.net',
    'dropboxusercontent.com',
    'storage.googleapis.com',
    'adobeaemcloud.com',
    'boxcloud.com',
    'frame.io',
  ],
  operations: [createRendition, mergeData, mergeDataTags, remapLinks, documentInfo, convertPdf],
  statusPaths: [{ path: '/v3/status/{jobId}', quota: 'indesign' }],
  partialOutputs: 'end_partially',
  // Adobe documents 400 for what is wrong with parameters, and no 422.
  refuse: createRefuse(writeErrorCode, { fields: [400, 'bad_request'], json: [400, 'bad_request'] }),
  explain: ({ kind, message }) => ({ code: jobCodes[kind], message }),
};
