import type { AdobeService } from '../service.ts';
import { photoshopDialect } from './dialect.ts';
import { legacyPaths } from './legacy/ended.ts';
import { createArtboard } from './operations/create-artboard.ts';
import { createComposite } from './operations/create-composite.ts';
import { edit } from './operations/edit.ts';
import { executeActions } from './operations/execute-actions.ts';
import { generateManifest } from './operations/generate-manifest.ts';
import { photoshopInputTypes } from './sources.ts';

/** Adobe Photoshop: documents with layers, edits, actions and manifests (Adobe: `photoshop-api.adobe.io`). */
export const photoshop: AdobeService = {
  id: 'photoshop',
  title: 'Photoshop',
  product: 'Photoshop - Firefly Services',
  baseUrl: 'https://photoshop-api.adobe.io',
  // Adobe: 320 a minute and 16 in 3 s are the hard limits, 300 and 15 what clients are asked to stay within.
  lanes: [
    {
      name: 'photoshop',
      windows: [
        { seconds: 60, hard: 320, soft: 300 },
        { seconds: 3, hard: 16, soft: 15 },
      ],
    },
  ],
  scopes: ['openid', 'AdobeID', 'read_organizations'],
  inputs: 'presigned-get',
  inputTypes: photoshopInputTypes,
  outputs: 'hosted',
  dialect: photoshopDialect,
  statusPath: '/v2/status/{jobId}',
  legacyPaths,
  operations: [edit, createComposite, executeActions, createArtboard, generateManifest],
};
