import * as z from 'zod';
import { once } from '../../../once.ts';
import type { PresentedFile, ResultShape, UpstreamOutput } from '../outputs.ts';

const size = once(() => z.object({ width: z.int(), height: z.int() }));

const listOfOutputs = once(() => z.looseObject({ outputs: z.array(z.unknown()).nullish() }));

const shapeOf = (
  makeSchemas: () => {
    rest: z.ZodRawShape;
    output: z.ZodObject;
    /** What an output needs to be fetched; whatever else is wrong with it does not cost it. */
    address: z.ZodType<{ url: string }>;
  },
  write: (file: PresentedFile) => Record<string, unknown>,
  ownFields: readonly string[],
): ResultShape => {
  const getSchemas = once(makeSchemas);
  const readOutput = (each: unknown): UpstreamOutput | undefined => {
    const { url } = getSchemas().address.safeParse(each).data ?? {};
    if (url === undefined) return undefined;
    const { seed: number, ...others } = each as Record<string, unknown>;
    const fields = Object.entries(others).filter(([name]) => !ownFields.includes(name));
    return {
      seed: typeof number === 'number' ? number : undefined,
      url,
      fields: fields.length === 0 ? undefined : Object.fromEntries(fields),
    };
  };
  return {
    schema: once(() => z.object({ ...getSchemas().rest, outputs: z.array(getSchemas().output) })),
    read: (result) => {
      const parsed = listOfOutputs().safeParse(result ?? {});
      if (!parsed.success) return undefined;
      const { outputs, ...others } = parsed.data;
      return { outputs: (outputs ?? []).map(readOutput), rest: others };
    },
    present: (others, files) => ({ ...others, outputs: files.map(write) }),
  };
};

const seed = once(() => z.int().nullish());
const file = once(() => z.object({ url: z.url() }));

/** `outputs[].image.url` (Adobe: image operations). */
export const imageResult = shapeOf(
  () => ({
    rest: {
      size: size().optional(),
      contentClass: z.enum(['photo', 'art']).optional(),
      promptHasDeniedWords: z.boolean().optional(),
      promptHasBlockedArtists: z.boolean().optional(),
      altText: z.string().optional(),
    },
    output: z.looseObject({ seed: seed(), image: file() }),
    address: z.object({ image: file() }).transform(({ image }) => image),
  }),
  ({ seed: number, fields, url }) => ({ seed: number, ...fields, image: { url } }),
  ['image'],
);

/** `outputs[].video.url` (Adobe: generate video). */
export const videoResult: ResultShape = {
  ...shapeOf(
    () => ({
      rest: { size: size().optional() },
      output: z.looseObject({ seed: seed(), video: file() }),
      address: z.object({ video: file() }).transform(({ video }) => video),
    }),
    ({ seed: number, fields, url }) => ({ seed: number, ...fields, video: { url } }),
    ['video'],
  ),
  mediaType: 'video/mp4',
};

/** `outputs[].presignedUrl` and no seed (Adobe: upscale). */
export const presignedResult = shapeOf(
  () => ({
    rest: { version: z.string().optional() },
    output: z.looseObject({ presignedUrl: z.url(), id: z.string().nullish(), name: z.string().nullish() }),
    address: z.object({ presignedUrl: z.url() }).transform(({ presignedUrl }) => ({ url: presignedUrl })),
  }),
  ({ fields, url }) => ({ ...fields, presignedUrl: url }),
  ['presignedUrl'],
);
