import * as z from 'zod';
import { once } from '../once.ts';

const maxLabels = 10;

// What S3 takes in the tags of an object, without what separates labels from one another.
const name = once(() => z.string().regex(/^(?!aws:)[A-Za-z0-9_.:/+@-]{1,64}$/i));
const value = once(() => z.string().regex(/^[A-Za-z0-9_.:/+@-](?:[A-Za-z0-9 _.:/+@-]{0,126}[A-Za-z0-9_.:/+@-])?$/));

/** What is said of labels that cannot be. */
export const labelRule = `must be up to ${maxLabels} labels such as campaign=spring, of letters, digits and _ . : / + @ -, with up to 64 characters in front of the sign and 128 behind it, each name once`;

/** Labels of a job by their names. */
export const labelsSchema = once(() =>
  z.record(name(), value()).refine((labels) => Object.keys(labels).length <= maxLabels, { error: labelRule }),
);

export type Labels = z.output<ReturnType<typeof labelsSchema>>;

/** Labels as a header or a cell has them. */
export const formatLabels = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, content]) => `${key}=${content}`)
    .join(', ');

/**
 * The labels of one job of many: those of all, of which its own replace the ones with their names.
 *
 * @returns undefined if these are more than a job can have
 */
export const mergeLabels = (ofAll: Labels | undefined, own: Labels | undefined): Labels | undefined => {
  if (ofAll === undefined) return own;
  return labelsSchema().safeParse({ ...ofAll, ...own }).data;
};

/**
 * Reads one label as a query has it: `campaign=spring`.
 *
 * @returns undefined if it cannot be one
 */
export const parseLabel = (text: string): { name: string; value: string } | undefined => {
  const [entry, ...others] = Object.entries(parseLabels(text) ?? {});
  return entry === undefined || others.length > 0 ? undefined : { name: entry[0], value: entry[1] };
};

/**
 * Reads labels as a header or a cell has them: `campaign=spring, team=brand`.
 *
 * @returns undefined if they cannot be labels
 */
export const parseLabels = (text: string): Labels | undefined => {
  const pairs = text.split(',').map((pair) => pair.split('='));
  if (pairs.some((pair) => pair.length !== 2)) return undefined;
  const labels = Object.fromEntries(pairs.map(([key = '', content = '']) => [key.trim(), content.trim()]));
  if (Object.keys(labels).length !== pairs.length) return undefined;
  return labelsSchema().safeParse(labels).data;
};
