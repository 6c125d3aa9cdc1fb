import { fontTypes } from '../input-types.ts';
import type { AdobeService } from '../service.ts';
import { illustratorDialect } from './dialect.ts';
import { createRendition } from './operations/create-rendition.ts';
import { mergeData } from './operations/merge-data.ts';
import { traceImage } from './operations/trace-image.ts';

/** Adobe Illustrator: artwork merged, exported and traced (Adobe: `illustrator-api.adobe.io`). */
export const illustrator: AdobeService = {
  id: 'illustrator',
  title: 'Illustrator',
  baseUrl: 'https://illustrator-api.adobe.io',
  // Adobe prints no limit: one that any service of Adobe's with a printed one allows, but for those of media.
  lanes: [{ name: 'illustrator', windows: [{ seconds: 60, hard: 60 }] }],
  inputs: 'presigned-get',
  inputTypes: {
    input: ['application/illustrator'],
    'template.source': ['application/illustrator'],
    'data.source': ['text/csv'],
    'fontFiles[]': fontTypes,
  },
  inputDomains: ['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'assets.frame.io', 'storage.googleapis.com'],
  // Adobe: 1 GB a file.
  maxInputBytes: 1024 ** 3,
  outputs: 'hosted',
  dialect: illustratorDialect,
  statusPath: '/v1/status/{jobId}',
  scopes: ['openid', 'AdobeID', 'ff_apis', 'firefly_enterprise', 'illustrator_services_beta'],
  product: 'Illustrator API',
  operations: [createRendition, mergeData, traceImage],
};
