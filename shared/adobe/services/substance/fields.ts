import * as z from 'zod';
import { once } from '../../../once.ts';
import type { PollingPolicy, RuleFinding } from '../operation.ts';
import { byDefault } from '../schema.ts';

/**
 * Adobe forgets what came of a job two minutes after its end, so that no two polls may be far from each other.
 */
export const substancePolling: PollingPolicy = { firstPollSeconds: 3, pollCeilingSeconds: 10, timeoutSeconds: 3_600 };

/** Domains from which Substance 3D fetches files (Adobe: "Uploading assets", and the list of 2026-08). */
export const substanceDomains: readonly string[] = [
  'adobe.com',
  'adobe.io',
  'adobesensei.io',
  'amazonaws.com',
  'dropbox.com',
  'f.io',
  'frame.io',
  'github.com',
  'githubusercontent.com',
  'googleapis.com',
  'substance3d.com',
  'substance3d.io',
  'windows.net',
  'zapier.com',
];

const vector = (length: number) => z.array(z.number()).length(length);

/** Three numbers; a scene leaves them out by null. */
export const triple = once(() => vector(3).nullable());

/** A number from 0 to 1. */
export const share = once(() => z.number().min(0).max(1));

/** A path inside of the sources. */
export const path = once(() => z.string());

/** A name of something in a scene, which may not be empty. */
export const name = once(() => z.string().min(1));

/** Names or glob patterns of nodes. */
export const nodeNames = once(() => z.array(z.string()).nullable());

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** An object of which exactly one of some fields has to be given. */
const exactlyOneOf = <Schema extends z.ZodObject>(schema: Schema, names: readonly string[]) =>
  schema.refine((value) => isFields(value) && names.filter((each) => value[each] !== undefined).length === 1, {
    error: `exactly one of ${names.join(', ')} is required`,
    // An unknown or wrong field must not hide it.
    when: ({ value }) => isFields(value),
  });

/** An object of which at most one of some fields may be given. */
const atMostOneOf = <Schema extends z.ZodObject>(schema: Schema, names: readonly string[]) =>
  schema.refine((value) => isFields(value) && names.filter((each) => value[each] !== undefined).length <= 1, {
    error: `only one of ${names.join(', ')} may be given`,
    when: ({ value }) => isFields(value),
  });

const frameIoFolder = once(() => ({ folderId: z.string(), accessToken: z.string() }));

const source = once(() =>
  exactlyOneOf(
    z.strictObject({
      mountPoint: byDefault('/', z.string()).optional(),
      url: z.strictObject({ url: z.string().min(1), filename: z.string().optional() }).optional(),
      space: z.strictObject({ id: z.string() }).optional(),
      'frame.io': z.strictObject(frameIoFolder()).optional().meta({ deprecated: true }),
      'next.frame.io': z.strictObject({ ...frameIoFolder(), accountId: z.string() }).optional(),
    }),
    ['url', 'space', 'frame.io', 'next.frame.io'],
  ),
);

/** The fields that every operation has (Adobe: 1 to 16 sources, each a file at a URL, a space, or a folder of Frame.io). */
export const commonFields = once(() => ({
  $schema: z.string().optional().meta({ description: 'Adobe ignores it' }),
  sources: z.array(source()).min(1).max(16),
}));

/** What callers should know of a request that is taken all the same. */
export const warnOfTokens = (body: unknown): string[] => {
  const sources: unknown = isFields(body) ? body['sources'] : undefined;
  if (!Array.isArray(sources)) return [];
  const hasToken = sources.some((each) => isFields(each) && ('frame.io' in each || 'next.frame.io' in each));
  return hasToken
    ? ['The request holds a token of Frame.io, which is kept with it; files named by s3:// or job: need none.']
    : [];
};

/** By Euler angles in degrees, or by a quaternion in the order W, X, Y, Z. */
const rotation = once(() => z.strictObject({ euler: vector(3).optional(), quaternion: vector(4).optional() }));

/** Where something stands (Adobe: by one of a matrix, of translation, rotation and scale, and of angles around a point). */
export const transform = once(() =>
  atMostOneOf(
    z.strictObject({
      azimuthAltitude: z
        .strictObject({
          azimuth: z.number(),
          altitude: z.number().min(-90).max(90),
          lookAt: triple(),
          radius: z.number().min(0),
        })
        .optional(),
      matrix: vector(16).optional(),
      trs: z.strictObject({ translation: triple(), rotation: rotation(), scale: triple() }).optional(),
    }),
    ['azimuthAltitude', 'matrix', 'trs'],
  ),
);

/** A camera that the request brings along. */
export const camera = once(() =>
  z.strictObject({
    /** In mm, as the next one. */
    focal: byDefault(50, z.number().min(10).max(1_000)).optional(),
    sensorWidth: byDefault(36, z.number().min(1).max(100)).optional(),
    transform: transform().optional(),
  }),
);

/** Exposure, in EV. */
export const exposure = once(() => byDefault(0, z.number().min(-10).max(10)));

/** The light around a scene, out of a file. */
export const environment = once(() =>
  z.strictObject({
    file: path().optional(),
    exposure: exposure().optional(),
    preserveLights: z.boolean().optional(),
    rotation: rotation().optional(),
  }),
);

/** The light around a composite, out of a file that has to be named. */
export const compositeEnvironment = once(() => z.strictObject({ file: path(), rotation: rotation().optional() }));

/** A rule of a request between two of its fields. */
export const forbid = (isWrong: boolean, field: (string | number)[], message: string): RuleFinding[] =>
  isWrong ? [{ path: field, message }] : [];
