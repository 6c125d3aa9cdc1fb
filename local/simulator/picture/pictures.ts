import { drawCaption } from './caption.ts';
import { createRenderer } from './draw.ts';
import { createRandom } from './random.ts';
import { drawScene } from './scene.ts';

/** What a picture is drawn from; the same always gives the same picture. */
export interface PictureRequest {
  prompt: string;
  seed: number;
  /** Pixels. */
  width: number;
  height: number;
  format: 'jpeg' | 'png' | 'webp';
}

/** Draws pictures, and keeps the latest. */
export interface Pictures {
  draw(request: PictureRequest): Promise<Uint8Array>;
}

/** Keeps at most `limit` pictures, the latest drawn. */
export const createPictures = (limit = 16): Pictures => {
  const render = createRenderer();
  const drawn = new Map<string, Promise<Uint8Array>>();
  return {
    draw: (request) => {
      const key = JSON.stringify([request.prompt, request.seed, request.width, request.height, request.format]);
      const known = drawn.get(key);
      if (known) return known;
      const picture = render({ svg: pictureSvg(request), format: request.format });
      drawn.set(key, picture);
      const [oldest] = drawn.keys();
      if (drawn.size > limit && oldest !== undefined) drawn.delete(oldest);
      return picture;
    },
  };
};

/** The drawing as SVG, before it is turned into pixels. */
export const pictureSvg = ({ prompt, seed, width, height }: Omit<PictureRequest, 'format'>): string => {
  const scale = 1000 / Math.min(width, height);
  const canvas = { width: width * scale, height: height * scale };
  const random = createRandom(`${prompt}\n${seed}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${canvas.width} ${canvas.height}">
${drawScene(canvas, random)}${drawCaption(canvas, prompt, seed)}</svg>`;
};
