import { audioVideo } from './audio-video/service.ts';
import { contentTagging } from './content-tagging/service.ts';
import { illustrator } from './illustrator/service.ts';
import { image } from './image/service.ts';
import { indesign } from './indesign/service.ts';
import { photoshop } from './photoshop/service.ts';
import type { SimulatedService } from './service/definition.ts';
import { substance } from './substance/service.ts';

/** Every service beside Firefly that the simulator plays, each on an origin of its own. */
export const simulatedServices: readonly SimulatedService[] = [
  image,
  photoshop,
  substance,
  audioVideo,
  indesign,
  illustrator,
  contentTagging,
  // One line a service.
];
