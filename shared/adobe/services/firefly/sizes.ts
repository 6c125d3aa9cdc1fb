import type { RuleFinding } from '../operation.ts';

type Fields = Readonly<Record<string, unknown>>;

const parseSizes = (list: string): readonly string[] => list.trim().split(/,\s*/);

const image3 = parseSizes(`
  2048x2048, 1024x1024, 2304x1792, 1792x2304, 2688x1536, 2688x1512, 1344x768, 1344x756, 1152x896, 896x1152`);
const image4 = parseSizes('2048x2048, 2304x1792, 1792x2304, 2688x1536, 1440x2560');

/** The sizes that a model version makes (Adobe: generate images). Its services were seen to refuse others, which its schema allows. */
export const imageSizes: Readonly<Record<string, readonly string[]>> = {
  image3,
  image3_custom: image3,
  image4_standard: image4,
  image4_ultra: image4,
  image4_custom: image4,
};

const similar = image3.filter((size) => size !== '2688x1512' && size !== '1344x756');
// Adobe's list for similar images names no model version: what image4 makes elsewhere is allowed as well.
const similarOfImage4 = [...new Set([...similar, ...image4])];

/** The same for generate similar (Adobe: generate similar). */
export const similarSizes: typeof imageSizes = {
  image3: similar,
  image4_standard: similarOfImage4,
  image4_ultra: similarOfImage4,
};

/** Adobe documents these for videos; its services were seen to take others. */
const videoSizes = parseSizes(`
  1920x1080, 1280x720, 960x540, 1080x1920, 720x1280, 540x960, 1080x1080, 720x720, 540x540`);

/** What to say of a size that the model version does not make; nothing of one that is malformed, which the schema names. */
export const checkImageSize = (
  { size }: Fields,
  modelVersion: string,
  sizesByModel: typeof imageSizes,
): RuleFinding[] => {
  const sizes = Object.hasOwn(sizesByModel, modelVersion) ? sizesByModel[modelVersion] : undefined;
  const given = formatSize(size);
  if (sizes === undefined || given === undefined || sizes.includes(given)) return [];
  return [{ path: ['size'], message: `${modelVersion} does not make ${given}, only ${sizes.join(', ')}` }];
};

/** The sizes by model version, for the description of the API. */
export const describeSizes = (sizesByModel: typeof imageSizes): string =>
  Object.entries(sizesByModel)
    .map(([model, sizes]) => `${model}: ${sizes.join(', ')}.`)
    .join(' ');

/** The same for forms: the sizes of all models as examples, and which of them each model makes. */
export const exampleSizes = (sizesByModel: typeof imageSizes) => {
  const examplesByModel = Object.fromEntries(
    Object.entries(sizesByModel).map(([model, sizes]) => [model, sizes.map(readSize)]),
  );
  const all = [...new Set(Object.values(sizesByModel).flat())].map(readSize);
  return { examples: all, 'x-examples-by-model': examplesByModel };
};

const readSize = (size: string) => {
  const [width = 0, height = 0] = size.split('x').map(Number);
  return { width, height };
};

/** The sizes of videos that Adobe documents, for forms. */
export const exampleVideoSizes = { examples: videoSizes.map(readSize) };

/** Sentences about sizes of videos that Adobe does not document. */
export const warnOfVideoSizes = (body: unknown): string[] => {
  const sizes: unknown = typeof body === 'object' && body !== null && 'sizes' in body ? body.sizes : undefined;
  if (!Array.isArray(sizes)) return [];
  const others = sizes.map(formatSize).filter((size) => size !== undefined && !videoSizes.includes(size));
  return [...new Set(others)].map(
    (size) =>
      `Adobe does not document videos of ${size}, only of ${videoSizes.join(', ')}; the size is passed on unchanged.`,
  );
};

const isSide = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;

const formatSize = (size: unknown): string | undefined => {
  if (typeof size !== 'object' || size === null || !('width' in size) || !('height' in size)) return undefined;
  const { width, height } = size;
  return isSide(width) && isSide(height) ? `${width}x${height}` : undefined;
};
