import type { SimulatedOperation } from './operation.ts';
import { adaptiveComposite, preciseComposite } from './operations/composites.ts';
import { expandImage, fillImage, objectComposite } from './operations/edit-images.ts';
import { generateImages } from './operations/generate-images.ts';
import { generateImagesImage5 } from './operations/generate-images-image5.ts';
import { generateSimilar } from './operations/generate-similar.ts';
import { generateVideo } from './operations/generate-video.ts';
import { upscaleImage } from './operations/upscale-image.ts';

/** Every generative operation that the simulator plays. */
export const simulatedOperations: readonly SimulatedOperation[] = [
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
