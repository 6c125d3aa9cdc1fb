import { asFields, asList } from '../body-fields.ts';
import type { OutputDestinations } from '../outputs.ts';
import { readOutputNumber } from '../present-template.ts';
import { listCombinations } from './render-rules.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The renditions that a request asks for. */
export const listRenditions = ({ output }: Fields): Fields[] => asList(asFields(output)['renditions']).map(asFields);

/** The files that a request asks for of each rendition: the video, and a sidecar of its timeline. */
export const listFiles = ({ output }: Fields): ('mediaDestination' | 'sidecarDestination')[] => {
  const { media, sidecar } = asFields(asFields(output)['format']);
  return [
    ...(media === 'none' ? [] : (['mediaDestination'] as const)),
    ...(sidecar === undefined ? [] : (['sidecarDestination'] as const)),
  ];
};

/** Sets the URLs of outputs at the places of their numbers in Adobe's list. */
const placeByNumber = (places: readonly { reference: unknown; url: unknown }[]): (string | undefined)[] => {
  const placed: (string | undefined)[] = [];
  for (const { reference, url } of places) {
    const number = readOutputNumber(reference);
    if (number !== undefined && typeof url === 'string') placed[number] = url;
  }
  return Array.from(placed);
};

const urlOf = (destination: unknown): unknown =>
  typeof destination === 'string' ? destination : asFields(destination)['url'];

const withRenditions = (body: Fields, renditions: readonly Fields[]): Record<string, unknown> => ({
  ...body,
  output: { ...asFields(body['output']), renditions },
});

/** Where the files of renditions go; the result has an entry for each rendition, in the order of the request. */
export const renditionDestinations: OutputDestinations = {
  write: (body, urls) => {
    const kinds = listFiles(body);
    return withRenditions(
      body,
      listRenditions(body).map((rendition, index) => ({
        ...rendition,
        ...Object.fromEntries(kinds.map((kind, offset) => [kind, { url: urls[index * kinds.length + offset] }])),
      })),
    );
  },

  read: (body, result = {}) => {
    const made = asList(result['outputs']).map(asFields);
    return placeByNumber(
      listRenditions(body).flatMap(({ mediaDestination, sidecarDestination }, index) => [
        { reference: urlOf(made[index]?.['destination']), url: urlOf(mediaDestination) },
        { reference: urlOf(made[index]?.['sidecarDestination']), url: urlOf(sidecarDestination) },
      ]),
    );
  },

  host: (body) =>
    withRenditions(
      body,
      listRenditions(body).map(({ mediaDestination: _, sidecarDestination: _sidecar, ...rendition }) => rendition),
    ),

  presume: (body, urls) => {
    const kinds = listFiles(body);
    const members = { mediaDestination: 'destination', sidecarDestination: 'sidecarDestination' } as const;
    const outputs = listRenditions(body).map((_, index) =>
      Object.fromEntries(kinds.map((kind, offset) => [members[kind], { url: urls[index * kinds.length + offset] }])),
    );
    return { status: 'succeeded', outputs };
  },
};

/** Where rendered videos go; the result names them by variation and preset, those that failed in a list of their own. */
export const renderDestinations: OutputDestinations = {
  write: (body, urls) => ({
    ...body,
    outputs: listCombinations(body).map((combination, index) => ({ ...combination, destination: urls[index] })),
  }),

  read: (body, result = {}) => {
    const made = asList(result['outputs']).map(asFields);
    const find = ({ variationIndex, presetIndex }: Fields) =>
      made.find((each) => each['variationIndex'] === variationIndex && each['presetIndex'] === presetIndex);
    return placeByNumber(
      listCombinations(body).map((combination) => ({
        reference: urlOf(find(combination)?.['destination']),
        url: urlOf(combination['destination']),
      })),
    );
  },

  host: (body) =>
    body['outputs'] === undefined
      ? body
      : { ...body, outputs: listCombinations(body).map(({ destination: _, ...combination }) => combination) },

  presume: (body, urls) => ({
    status: 'succeeded',
    outputs: listCombinations(body).map(({ variationIndex, presetIndex }, index) => ({
      variationIndex,
      presetIndex,
      destination: { url: urls[index] },
    })),
  }),
};
