import * as z from 'zod';
import type { ResultShape } from '../operation.ts';

const size = z.object({ width: z.int(), height: z.int() });

const shapeOf = <Output extends z.ZodObject>(
  rest: z.ZodRawShape,
  output: Output,
  urlOf: (output: z.output<Output>) => string,
  write: ResultShape['write'],
  ownFields: readonly string[],
): ResultShape => {
  const outputs = z.looseObject({ outputs: z.array(output).min(1) });
  return {
    schema: z.object({ ...rest, outputs: z.array(output) }),
    read: (result) => {
      const parsed = outputs.safeParse(result);
      if (!parsed.success) return undefined;
      const { outputs: found, ...others } = parsed.data;
      return {
        outputs: found.map((each) => {
          const fields = Object.entries(each).filter(([name]) => !ownFields.includes(name));
          return {
            ...(typeof each['seed'] === 'number' ? { seed: each['seed'] } : {}),
            url: urlOf(each as z.output<Output>),
            ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
          };
        }),
        rest: others,
      };
    },
    write,
  };
};

const seed = z.int().nullish();
const file = z.object({ url: z.url() });

/** `outputs[].image.url` (Adobe: image operations). */
export const imageResult = shapeOf(
  {
    size: size.optional(),
    contentClass: z.enum(['photo', 'art']).optional(),
    promptHasDeniedWords: z.boolean().optional(),
    promptHasBlockedArtists: z.boolean().optional(),
    altText: z.string().optional(),
  },
  z.looseObject({ seed, image: file }),
  ({ image }) => image.url,
  ({ seed: number, fields }, url) => ({ seed: number, ...fields, image: { url } }),
  ['seed', 'image'],
);

/** `outputs[].video.url` (Adobe: generate video). */
export const videoResult: ResultShape = {
  ...shapeOf(
    { size: size.optional() },
    z.looseObject({ seed, video: file }),
    ({ video }) => video.url,
    ({ seed: number, fields }, url) => ({ seed: number, ...fields, video: { url } }),
    ['seed', 'video'],
  ),
  mediaType: 'video/mp4',
};

/** `outputs[].presignedUrl` and no seed (Adobe: upscale). */
export const presignedResult = shapeOf(
  { version: z.string().optional() },
  z.looseObject({ presignedUrl: z.url(), id: z.string().nullish(), name: z.string().nullish() }),
  ({ presignedUrl }) => presignedUrl,
  ({ fields }, url) => ({ ...fields, presignedUrl: url }),
  ['seed', 'presignedUrl'],
);
