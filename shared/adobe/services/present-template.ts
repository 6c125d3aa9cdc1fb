import * as z from 'zod';
import { once } from '../../once.ts';
import { encodeEmbedded } from './embedded-content.ts';
import type { OutputFailure, PresentedFile, Reason } from './outputs.ts';

/** The member of an object that stands in a template for the URL, or the content, of the output with this number. */
export const outputMember = '$output';

const reference = once(() =>
  z.strictObject({
    [outputMember]: z.int().min(0),
    encoding: z.enum(['string', 'base64', 'json']).optional(),
  }),
);

/** The number of the output whose URL a value stands for in a template; undefined if it is another value. */
export const readOutputNumber = (value: unknown): number | undefined =>
  reference().safeParse(value).data?.[outputMember];

type WriteError = ((error: Reason) => Record<string, unknown>) | undefined;

/**
 * Puts the URLs of stored outputs, or their content, into a template. A member whose output is not stored is left out, with the
 * `destination` that it alone stood in; its error is written beside where the service has a place for it.
 */
export const presentTemplate = (
  template: Readonly<Record<string, unknown>>,
  files: readonly PresentedFile[],
  errors: readonly OutputFailure[],
  writeError?: WriteError,
): Record<string, unknown> => {
  const presenting = {
    files: new Map(files.map((file) => [file.index, file])),
    errors: new Map(errors.map((error) => [error.index, error])),
    writeError,
  };
  const { value } = present(template, presenting);
  return value as Record<string, unknown>;
};

interface Presenting {
  files: ReadonlyMap<number, PresentedFile>;
  errors: ReadonlyMap<number | undefined, OutputFailure>;
  writeError: WriteError;
}

/** A value as callers see it, and the outputs in it whose errors no element of a list around them has taken yet. */
interface Presented {
  value: unknown;
  missing: number[];
}

const present = (value: unknown, presenting: Presenting): Presented => {
  if (Array.isArray(value)) return { value: presentList(value, presenting), missing: [] };
  if (typeof value !== 'object' || value === null) return { value, missing: [] };
  const missing: number[] = [];
  const members = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const referred = reference().safeParse(inner).data;
    if (referred !== undefined) {
      const file = presenting.files.get(referred[outputMember]);
      if (file === undefined) missing.push(referred[outputMember]);
      return file === undefined ? [] : [presentFile(name, file, referred.encoding, 'embedded' in value)];
    }
    const presented = present(inner, presenting);
    missing.push(...presented.missing);
    return presented.missing.length > 0 && isEmpty(presented.value) ? [] : [[name, presented.value]];
  });
  return { value: Object.fromEntries(members), missing };
};

/**
 * @param isDestination whether the object around it says where the output is, as content or behind a URL (Adobe: `embedded`)
 */
const presentFile = (
  name: string,
  { url, content }: PresentedFile,
  encoding: z.output<ReturnType<typeof reference>>['encoding'],
  isDestination = false,
): [string, unknown] => {
  if (encoding === undefined) return [name, url];
  if (content !== undefined) return [name, encodeEmbedded(content, encoding)];
  return isDestination ? ['url', url] : [name, { url }];
};

const presentList = (values: readonly unknown[], presenting: Presenting): unknown[] =>
  values.flatMap((each) => {
    const referred = reference().safeParse(each).data;
    if (referred !== undefined) {
      const file = presenting.files.get(referred[outputMember]);
      return file === undefined ? [] : [presentFile('', file, referred.encoding)[1]];
    }
    const { value, missing } = present(each, presenting);
    const error = missing.map((index) => presenting.errors.get(index)).find((found) => found !== undefined);
    if (error === undefined || presenting.writeError === undefined) return [value];
    return [{ ...(value as Record<string, unknown>), ...presenting.writeError(error) }];
  });

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
