import type * as z from 'zod';
import type { OperationDefinition } from '../../operation.ts';

/**
 * Keeps a text that a request holds and its successor takes by address only.
 *
 * @returns the address to name it by
 */
export type KeepText = (text: string, contentType: string) => string;

/** A request for the successor of an ended call. */
export interface Translation {
  body: Record<string, unknown>;
  /**
   * Where fields of the successor stood in the request, so that refusals name what the caller wrote: both as `outputs[].href`,
   * with `[]` for each element.
   */
  places: Readonly<Record<string, string>>;
}

/** A call that Adobe has ended and its successor can answer. */
export interface LegacyCall {
  path: `/${string}`;
  /** One line for the description of the API. */
  title: string;
  successor: OperationDefinition;
  /** Builds the schema of what can be translated faithfully; everything else is refused by the name of its field. */
  body(): z.ZodObject;
  /** @param body what {@link LegacyCall.body} has taken */
  translate(body: unknown, keepText: KeepText): Translation;
}

/** A call with a body, by what it did. */
export const translateCall = <Body extends z.ZodObject>({
  path,
  does,
  successor,
  body,
  translate,
}: Pick<LegacyCall, 'path' | 'successor'> & {
  does: string;
  body(): Body;
  translate(given: z.output<Body>, keepText: KeepText): Translation;
}): LegacyCall => ({
  path,
  title: `${does} (ended by Adobe, answered by ${successor.path})`,
  successor,
  body,
  translate: (given, keepText) => translate(body().parse(given), keepText),
});

/** A call that Adobe has ended and nothing can answer faithfully. */
export interface EndedCall {
  path: `/${string}`;
  /** What replaces it, in a sentence for its caller. */
  advice: string;
}

const element = '[]';

/** The pattern of a path, `outputs[].href` for `outputs.0.href`, and the numbers that were in it. */
const readPattern = (path: readonly (string | number)[]): { pattern: string; indexes: number[] } => ({
  pattern: path.map((part, at) => (typeof part === 'number' ? element : `${at === 0 ? '' : '.'}${part}`)).join(''),
  indexes: path.filter((part) => typeof part === 'number'),
});

const writePath = (pattern: string, indexes: readonly number[]): (string | number)[] => {
  const left = [...indexes];
  return pattern
    .split('.')
    .flatMap((part) => (part.endsWith(element) ? [part.slice(0, -element.length), left.shift() ?? 0] : [part]));
};

/**
 * The path that a field of the successor had in the request of its caller.
 *
 * @param path inside the successor's body
 * @returns the path itself where the request had no such field
 */
export const toLegacyPath = (
  path: readonly (string | number)[],
  places: Translation['places'],
): readonly (string | number)[] => {
  for (let length = path.length; length > 0; length -= 1) {
    const { pattern, indexes } = readPattern(path.slice(0, length));
    const place = places[pattern];
    if (place !== undefined) return [...writePath(place, indexes), ...path.slice(length)];
  }
  return path;
};
