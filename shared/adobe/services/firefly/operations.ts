import type { OperationDefinition } from '../operation.ts';
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

/** Every generative operation that the gateway speaks. Routes, settings and the description of the API follow from it. */
export const operations: readonly OperationDefinition[] = [
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
];
