import { performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { openCodecs } from '#functions/thumbnail/codecs.ts';
import { readImageHeader } from '#functions/thumbnail/image-header.ts';
import { makeThumbnails } from '#functions/thumbnail/make-thumbnails.ts';
import { median } from './table.ts';

const rounds = 5;

/** What the thumbnails of one JPEG take, and what it takes only to decode it. */
export interface ThumbnailFigures {
  /** Median, in ms. */
  decodeMs: number;
  thumbnailsMs: number;
  /** One divided by the other: the machine's pace has no part in it. */
  ratio: number;
}

/** Makes the three thumbnails of a JPEG with as many pixels a side; nothing is as hard on codecs as noise, and a little of that is in it. */
export const measureThumbnails = async (side: number): Promise<ThumbnailFigures> => {
  const codecs = openCodecs();
  const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const;
  const file = await sharp({ create: { width: side, height: side, channels: 3, background: 'teal', noise } })
    .jpeg({ quality: 90 })
    .toBuffer();
  const header = readImageHeader(file);
  if (header === undefined) throw new Error('What was drawn is no image.');
  const decode = () => codecs.decode('jpeg', file);
  const make = () => makeThumbnails(codecs, file, header);
  // The codecs are compiled at their first use.
  await make();
  const decodes: number[] = [];
  const makes: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    decodes.push(await time(decode));
    makes.push(await time(make));
  }
  const [decodeMs, thumbnailsMs] = [median(decodes), median(makes)];
  return { decodeMs, thumbnailsMs, ratio: thumbnailsMs / decodeMs };
};

const time = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};
