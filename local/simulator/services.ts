import { audioVideo } from './audio-video/service.ts';
import { image } from './image/service.ts';
import { photoshop } from './photoshop/service.ts';
import type { SimulatedService } from './service/definition.ts';
import { substance } from './substance/service.ts';

/** Every service beside Firefly that the simulator plays, each on an origin of its own. */
export const simulatedServices: readonly SimulatedService[] = [
  image,
  photoshop,
  substance,
  audioVideo,
  // One line a service.
];
