import { type ThumbnailWidth, thumbnailWidths } from '#shared/deployment/bucket.ts';
import type { Codecs, Pixels } from './codecs.ts';
import { type ImageHeader, UnreadableImageError } from './image-header.ts';

/** A thumbnail for each width, and how large the image is as it is shown: its header does not know which side is up. */
export interface Thumbnails {
  /** Pixels of the image. */
  width: number;
  height: number;
  /** WebP. */
  files: readonly { width: ThumbnailWidth; file: Uint8Array }[];
}

const widest = Math.max(...thumbnailWidths);

// WebP has at most 16,383 pixels a side, and a strip is seen best whole.
const maxAspect = 4;

/**
 * Makes the thumbnails of an image: decoded once, each made of the next larger one, none larger than the image.
 *
 * @param header whose size was found small enough to decode
 * @throws {UnreadableImageError} if the image cannot be decoded
 */
export const makeThumbnails = async (codecs: Codecs, file: Uint8Array, header: ImageHeader): Promise<Thumbnails> => {
  const { width, height, ...image } = await decode(codecs, file, header);
  const scaleTo = (wanted: number): number => Math.min(1, wanted / width, (maxAspect * wanted) / height);
  const files: Thumbnails['files'][number][] = [];
  let current = shrink({ width, height, ...image }, Math.floor(1 / scaleTo(widest)));
  for (const wanted of thumbnailWidths.toReversed()) {
    const size = [width, height].map((side) => Math.max(1, Math.round(side * scaleTo(wanted))));
    const [columns = 1, rows = 1] = size;
    if (columns < current.width || rows < current.height) current = await codecs.resize(current, columns, rows);
    files.push({ width: wanted, file: await codecs.encodeWebp(current) });
  }
  return { width, height, files };
};

const decode = async (codecs: Codecs, file: Uint8Array, { kind }: ImageHeader): Promise<Pixels> => {
  try {
    return await codecs.decode(kind, file);
  } catch (error) {
    // Codecs throw what they like, numbers among it.
    throw new UnreadableImageError('The image cannot be decoded.', error);
  }
};

/**
 * Takes the mean of each square of pixels: the resizer needs 32 bytes for each pixel that it is given, and time.
 *
 * @param factor side of a square
 */
const shrink = (image: Pixels, factor: number): Pixels => {
  if (factor < 2) return image;
  const square = { columns: Math.min(factor, image.width), rows: Math.min(factor, image.height) };
  const width = Math.floor(image.width / square.columns);
  const height = Math.floor(image.height / square.rows);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      writeMean(image, { left: x * square.columns, top: y * square.rows, ...square }, data, (y * width + x) * 4);
    }
  }
  return { data, width, height };
};

/** What is transparent has no say in the colour. */
const writeMean = (
  { data: from, width }: Pixels,
  { left, top, columns, rows }: { left: number; top: number; columns: number; rows: number },
  to: Uint8ClampedArray,
  at: number,
): void => {
  let red = 0;
  let green = 0;
  let blue = 0;
  let alpha = 0;
  for (let y = top; y < top + rows; y += 1) {
    const end = (y * width + left + columns) * 4;
    for (let pixel = (y * width + left) * 4; pixel < end; pixel += 4) {
      const opacity = from[pixel + 3] as number;
      red += (from[pixel] as number) * opacity;
      green += (from[pixel + 1] as number) * opacity;
      blue += (from[pixel + 2] as number) * opacity;
      alpha += opacity;
    }
  }
  if (alpha === 0) return;
  to[at] = red / alpha;
  to[at + 1] = green / alpha;
  to[at + 2] = blue / alpha;
  to[at + 3] = alpha / (columns * rows);
};
