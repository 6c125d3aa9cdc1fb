import { artworkTypes, fontTypes, pictureTypes } from '../input-types.ts';
import type { AdobeService } from '../service.ts';
import { indesignDialect } from './dialect.ts';
import { convertPdfToIndesign } from './operations/convert-pdf-to-indesign.ts';
import { createRendition } from './operations/create-rendition.ts';
import { documentInfo } from './operations/document-info.ts';
import { mergeData } from './operations/merge-data.ts';
import { mergeDataTags } from './operations/merge-data-tags.ts';
import { remapLinks } from './operations/remap-links.ts';

/** Adobe InDesign: documents merged, rendered, inspected and converted (Adobe: `indesign.adobe.io`). */
export const indesign: AdobeService = {
  id: 'indesign',
  title: 'InDesign',
  baseUrl: 'https://indesign.adobe.io',
  // Adobe: over all endpoints, so that polls count as well. Slower above the soft limit, refused above the hard one.
  lanes: [{ name: 'indesign', windows: [{ seconds: 60, hard: 350, soft: 250 }] }],
  polls: { lane: 'indesign' },
  inputs: 'presigned-get',
  // Documents, and all that stands in them or is merged into them.
  inputTypes: {
    'assets[]': [
      ...['application/x-indesign', 'application/vnd.adobe.indesign-idml-package', 'application/zip'],
      ...['text/csv', 'text/plain', 'application/json', 'application/xml'],
      ...pictureTypes,
      ...artworkTypes,
      ...fontTypes,
    ],
  },
  // Adobe: 2 GB an asset.
  maxInputBytes: 2 * 1024 ** 3,
  outputs: 'hosted',
  dialect: indesignDialect,
  statusPath: '/v3/status/{jobId}',
  product: 'InDesign API Firefly Services',
  operations: [createRendition, mergeData, mergeDataTags, remapLinks, documentInfo, convertPdfToIndesign],
};
