import * as z from 'zod';
import { once } from '../../../once.ts';
import type { EmbeddedContent, PresentedFile, ResultShape } from '../outputs.ts';

type Fields = Record<string, unknown>;

/**
 * What Adobe answered, by the names of its parts: `contentAnalyzerResponse`, how the engines fared, and `result`, what they found.
 * `texts` is 2 where the two came one after the other. An answer that cannot be read is kept as it came, in `unread`: it is
 * paid for.
 */
type TaggingAnswer = Readonly<Fields>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the text of an answer. Adobe prints it as one JSON text (OCR) or as two after each other (colours), and lets requests name
 * the parts of a form: each is read.
 *
 * @returns undefined if there is nothing in it
 */
export const readAnswer = (text: string): TaggingAnswer | undefined => {
  if (text.trim() === '') return undefined;
  const [first, ...others] = (isForm(text) ? parseForm(text) : parseTexts(text)) ?? [];
  if (!isFields(first)) return { unread: text };
  const { contentAnalyzerResponse, result, ...rest } = first;
  const response = isFields(contentAnalyzerResponse) ? contentAnalyzerResponse : rest;
  if (!('statuses' in response)) return { unread: text };
  return others.length === 0
    ? { contentAnalyzerResponse: response, result }
    : { texts: 2, contentAnalyzerResponse: response, result: others[0] };
};

const tryParse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Splits JSON texts that stand after each other, an object and what follows it; undefined if one of them is none. */
const parseTexts = (text: string): unknown[] | undefined => {
  const whole = tryParse(text);
  if (whole !== undefined) return [whole];
  const end = findEnd(text);
  const parts = [tryParse(text.slice(0, end)), tryParse(text.slice(end))];
  return parts.includes(undefined) ? undefined : parts;
};

/** Where the first JSON object of a text ends; its end if that is nowhere. */
const findEnd = (text: string): number => {
  let depth = 0;
  // A string with its escapes, or a bracket.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 0 && token.length === 1) return index + 1;
  }
  return text.length;
};

const isForm = (text: string): boolean => text.trimStart().startsWith('--');

/** The JSON texts of a form, in the order of their parts; undefined if one of them is none. */
const parseForm = (text: string): unknown[] | undefined => {
  const [boundary = ''] = text.trimStart().split(/\r?\n/, 1);
  const values = text
    .split(boundary)
    .slice(1, -1)
    .map((part) => tryParse(part.replace(/^[\s\S]*?\r?\n\r?\n/, '')));
  return values.includes(undefined) ? undefined : values;
};

const toFile = ({ result, unread }: TaggingAnswer): EmbeddedContent =>
  typeof unread === 'string'
    ? { content: new TextEncoder().encode(unread), contentType: 'text/plain' }
    : { content: new TextEncoder().encode(JSON.stringify(result, undefined, 2)), contentType: 'application/json' };

const response = once(() =>
  z
    .looseObject({
      statuses: z.array(
        z.looseObject({
          'sensei:engine': z.string().optional(),
          invocations: z
            .array(z.looseObject({ status: z.string().optional(), message: z.string().nullish() }))
            .optional(),
        }),
      ),
      request_id: z.string().optional(),
    })
    .meta({ id: 'ContentAnalyzerResponse' }),
);

/** What the engines found is the output; it may hold text of the documents, and so is in no record. */
export const taggingResult: ResultShape = {
  schema: once(() =>
    z.object({
      contentAnalyzerResponse: response().optional(),
      result: z.unknown().optional().meta({ description: 'What the engines found, up to 256 KB' }),
      texts: z
        .literal(2)
        .optional()
        .meta({ description: 'Adobe wrote the two after each other; so does the answer to a caller who waits' }),
      resultUrl: z.url().optional().meta({ description: 'The same in a file, where it is larger' }),
    }),
  ),
  mediaType: 'application/json',
  read: (answer) => {
    if (!isFields(answer)) return undefined;
    const { result, unread, ...rest } = answer;
    return { outputs: [result === undefined && unread === undefined ? undefined : { embedded: toFile(answer) }], rest };
  },
  present: (rest, [file]) => ({ ...rest, ...presentFile(file) }),
};

const presentFile = (file: PresentedFile | undefined): { result?: unknown; resultUrl?: string } => {
  if (file?.content === undefined) return { resultUrl: file?.url };
  const text = new TextDecoder().decode(file.content);
  return { result: tryParse(text) ?? text };
};
