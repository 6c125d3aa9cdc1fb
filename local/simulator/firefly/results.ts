import type { Finished } from './operation.ts';

/** `outputs[].image.url` beside the size. */
export const imageResult = ({ size, outputs }: Finished): Record<string, unknown> => ({
  size,
  outputs: outputs.map(({ seed, url }) => ({ seed, image: { url } })),
});
