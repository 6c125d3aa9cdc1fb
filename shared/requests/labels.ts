import * as z from 'zod';

const maxLabels = 10;

// What S3 takes in the tags of an object, without what separates labels from one another.
const name = z.string().regex(/^(?!aws:)[A-Za-z0-9_.:/+@-]{1,64}$/i);
const value = z.string().regex(/^[A-Za-z0-9_.:/+@-](?:[A-Za-z0-9 _.:/+@-]{0,126}[A-Za-z0-9_.:/+@-])?$/);

/** What is said of labels that cannot be. */
export const labelRule = `must be up to ${maxLabels} labels such as campaign=spring, of letters, digits and _ . : / + @ -, with up to 64 characters in front of the sign and 128 behind it, each name once`;

/** Labels of a job by their names. */
export const labelsSchema = z
  .record(name, value)
  .refine((labels) => Object.keys(labels).length <= maxLabels, { error: labelRule });

export type Labels = z.output<typeof labelsSchema>;

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
  return labelsSchema.safeParse(labels).data;
};
