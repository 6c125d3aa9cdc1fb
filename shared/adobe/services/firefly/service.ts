import { generationScopes } from '../../auth/scopes.ts';
import type { AdobeService } from '../service.ts';
import { customModels } from './custom-models.ts';
import { fireflyDialect } from './dialect.ts';
import { adaptiveComposite } from './operations/adaptive-composite.ts';
import { expandImage } from './operations/expand-image.ts';
import { fillImage } from './operations/fill-image.ts';
import { generateImages } from './operations/generate-images.ts';
import { generateImagesImage5 } from './operations/generate-images-image5.ts';
import { generateSimilar } from './operations/generate-similar.ts';
import { generateVideo } from './operations/generate-video.ts';
import { objectComposite } from './operations/object-composite.ts';
import { preciseComposite } from './operations/precise-composite.ts';
import { upscaleImage } from './operations/upscale-image.ts';
import { imageTypes } from './storage-image.ts';

/** Adobe Firefly: images and videos from words and images (Adobe: `firefly-api.adobe.io`). */
export const firefly: AdobeService = {
  id: 'firefly',
  title: 'Firefly',
  baseUrl: 'https://firefly-api.adobe.io',
  scopes: generationScopes,
  product: 'Firefly - Firefly Services',
  // Adobe: 4 requests a minute and 9,000 a day per organization by default; higher by contract.
  lanes: [{ name: 'firefly', windows: [{ seconds: 60, hard: 4 }], requestsPerDay: 9_000 }],
  inputs: 'adobe-upload',
  inputTypes: imageTypes,
  outputs: 'hosted',
  dialect: fireflyDialect,
  statusPath: '/v3/status/{jobId}',
  cancelPath: '/v3/cancel/{jobId}',
  operations: [
    generateImages,
    generateImagesImage5,
    generateSimilar,
    expandImage,
    fillImage,
    objectComposite,
    preciseComposite,
    adaptiveComposite,
    upscaleImage,
    generateVideo,
  ],
  lists: [customModels],
  similar: (contentType, url) =>
    imageTypes.includes(contentType) ? { operation: generateSimilar, body: { image: { source: { url } } } } : undefined,
};
