import * as z from 'zod';
import { once } from '../../../once.ts';
import type { ListedOutput, PresentedFile, ResultShape } from '../outputs.ts';

/** Where an output stands in a result: steps into it, and `*` for each item of a list. */
type Place = readonly string[];

type Fields = Readonly<Record<string, unknown>>;

const spaceFiles: Place = ['outputSpace', 'files', '*', 'url'];

/** What stands for a URL in the result that is kept. */
const reference = once(() => z.object({ $output: z.int().min(0) }));

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Replaces what stands at a place, from the first to the last; what is not there stays away. */
const mapPlace = (
  value: unknown,
  [step, ...rest]: Place,
  change: (found: unknown, owner: Fields) => unknown,
): unknown => {
  if (step === undefined) return value;
  if (step === '*') return Array.isArray(value) ? value.map((item) => mapPlace(item, rest, change)) : value;
  if (!isFields(value) || !(step in value)) return value;
  const inner = rest.length === 0 ? change(value[step], value) : mapPlace(value[step], rest, change);
  return { ...value, [step]: inner };
};

const filesSegment = '/files/';

/**
 * Names the file that a URL leads to: the same one is named in several places, each time with a signature of its own (Adobe:
 * `renderUrl`, and `outputSpace.files[].url`).
 */
const nameFile = (url: string): string => {
  const { pathname } = new URL(url);
  const at = pathname.lastIndexOf(filesSegment);
  return at < 0 ? url : pathname.slice(at + filesSegment.length);
};

/** What a file of the space says of itself, to be kept with the output. */
const describeFile = (owner: Fields): Record<string, unknown> | undefined =>
  typeof owner['name'] === 'string' ? { name: owner['name'] } : undefined;

/**
 * Results whose files stand in a space, and some of them also by themselves. Each file is one output: those that have a place of
 * their own come first, so that the first output is what was asked for.
 *
 * @param places of the URLs beside the list of the space, in the order of the outputs
 */
export const filesResult = (makeShape: () => z.ZodRawShape, places: readonly Place[]): ResultShape => {
  const allPlaces = [...places, spaceFiles];
  return {
    schema: once(() => z.object({ ...makeShape(), outputSpace: spaceSchema() })),
    read: (result) => {
      if (!isFields(result)) return undefined;
      const outputs: ListedOutput[] = [];
      const known = new Map<string, number>();
      const list = (found: unknown, owner: Fields): unknown => {
        if (typeof found !== 'string' || !URL.canParse(found)) {
          outputs.push(undefined);
          return { $output: outputs.length - 1 };
        }
        const name = nameFile(found);
        const index = known.get(name) ?? outputs.push({ url: found }) - 1;
        known.set(name, index);
        outputs[index] = { url: found, fields: describeFile(owner) };
        return { $output: index };
      };
      const rest = allPlaces.reduce<unknown>((value, place) => mapPlace(value, place, list), result);
      return { outputs, rest: rest as Record<string, unknown> };
    },
    present: (rest, files) => {
      const urls = new Map(files.map(({ index, url }) => [index, url]));
      const fill = (found: unknown): unknown => {
        const { data } = reference().safeParse(found);
        return data === undefined ? found : urls.get(data.$output);
      };
      return allPlaces.reduce<unknown>((value, place) => mapPlace(value, place, fill), rest) as Record<string, unknown>;
    },
  };
};

const spaceSchema = once(() =>
  z
    .object({
      id: z.string(),
      url: z.string(),
      expiry: z.string().optional(),
      files: z.array(z.object({ name: z.string(), size: z.int(), url: z.url().optional() })),
    })
    .meta({
      id: 'SubstanceSpace',
      description: "Adobe's space with the files of the job; the URLs lead to the stored outputs",
    }),
);

const warnings = once(() => z.array(z.object({ context: z.string(), message: z.string() })).nullish());
const url = once(() => z.url().optional());
const bindings = once(() => z.array(z.object({ name: z.string(), fileName: z.string() })).optional());
const ids = once(() =>
  z
    .object({ fileName: z.string(), ids: z.array(z.object({ name: z.string(), color: z.string() })).nullable() })
    .optional(),
);

/** Adobe: render and render-basic. */
export const renderResult = filesResult(
  () => ({
    renderUrl: url(),
    matteUrl: url(),
    distanceToCameraUrl: url(),
    materialIds: ids(),
    materialMasks: bindings(),
    objectIds: ids(),
    objectMasks: bindings(),
    warnings: warnings(),
  }),
  [['renderUrl'], ['matteUrl'], ['distanceToCameraUrl']],
);

/** Adobe: assemble. */
export const sceneResult = filesResult(() => ({ sceneUrl: url() }), [['sceneUrl']]);

/** Adobe: convert. */
export const convertedResult = filesResult(() => ({}), []);

const image = once(() => z.object({ url: url() }).optional());

/** Adobe: compose; the composites come first, then their backgrounds and masks. */
export const compositeResult = filesResult(
  () => ({
    outputs: z.array(
      z.object({
        seed: z.int().optional(),
        lightingSeed: z.int().optional(),
        image: image(),
        backgroundImage: image(),
        maskImage: image(),
      }),
    ),
    promptHasDeniedWords: z.boolean().optional(),
    promptHasBlockedArtists: z.boolean().optional(),
    warnings: warnings(),
  }),
  [
    ['outputs', '*', 'image', 'url'],
    ['outputs', '*', 'backgroundImage', 'url'],
    ['outputs', '*', 'maskImage', 'url'],
  ],
);

/** The description of a scene as a file: large scenes have more nodes than a record can hold. */
const readDescription = (stats: unknown): ListedOutput =>
  isFields(stats)
    ? {
        embedded: {
          content: new TextEncoder().encode(JSON.stringify(stats, undefined, 2)),
          contentType: 'application/json',
        },
      }
    : undefined;

/** Adobe: describe, which makes no file. */
export const descriptionResult: ResultShape = {
  schema: once(() =>
    z.object({
      stats: z
        .looseObject({})
        .optional()
        .meta({ description: 'Up to 256 KB; what is larger is the output of the job' }),
    }),
  ),
  mediaType: 'application/json',
  read: (result) => {
    if (!isFields(result)) return undefined;
    const { stats, ...rest } = result;
    return { outputs: [readDescription(stats)], rest };
  },
  present: (rest, [file]) => ({ ...rest, stats: parseContent(file) }),
};

const parseContent = (file: PresentedFile | undefined): unknown =>
  file?.content === undefined ? undefined : JSON.parse(new TextDecoder().decode(file.content));
