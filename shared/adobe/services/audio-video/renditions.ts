import { asFields, asList } from '../body-fields.ts';

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
