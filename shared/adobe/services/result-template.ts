import type * as z from 'zod';
import { readCode, readMessage, withoutQueries } from '../http/errors.ts';
import { decodeEmbedded, type EmbeddedEncoding } from './embedded-content.ts';
import type { ListedOutput, Reason, ResultShape } from './outputs.ts';
import { outputMember, presentTemplate } from './present-template.ts';

/**
 * Where something stands in a body, such as `result.outputs[].destination.url`: names of members with dots between them, `[]` for
 * each element of a list. An object where a list is expected counts as its only element.
 */
export type BodyPattern = string;

/** Content that stands in the body itself in place of a URL. */
export interface EmbeddedPattern {
  at: BodyPattern;
  /** How it is written there; if absent a member `embedded` beside it says it, else a text is a text and all else JSON. */
  encoding?: EmbeddedEncoding;
  /** If absent, a member `mediaType` of the nearest object around it says it, else the encoding. */
  contentType?: string;
}

/** How a service names outputs in its final status body. */
export interface TemplateOptions {
  /** Builds the result as callers see it. */
  schema(): z.ZodObject;
  /**
   * Where URLs of outputs stand. `x.destination.url` and `x.url` are alternatives for the same output: where a body has both, it
   * counts once.
   */
  outputs: readonly BodyPattern[];
  embedded?: readonly EmbeddedPattern[];
  /**
   * Where errors of single outputs stand, such as `outputs[].error` or `errors[]`: objects with a code (`error_code`, `errorCode`,
   * `code`) and a `message`. Each costs one output and stays in the body as it is.
   */
  errors?: readonly BodyPattern[];
  /**
   * Where each element must have an output or an error, such as `outputs[]`: one without is an output that cannot be read. Only for
   * lists whose elements are never without a file.
   */
  required?: readonly BodyPattern[];
  /** Members at the top that are about the job and not its result; the usual ones of Adobe's services if absent. */
  omitted?: readonly string[];
  mediaType?: string;
  /** Writes the error of an output that the gateway could not store into the element of the list that it belongs to. */
  writeError?(error: Reason): Record<string, unknown>;
}

/** What Adobe's services say of a job besides its result. */
const jobMembers = [
  ...['jobId', 'status', 'message', 'statusUrl', 'cancelUrl', 'links', '_links'],
  ...['percentCompleted', 'timestamp', 'createdTime', 'modifiedTime', 'Retry-After'],
];

/**
 * A result that keeps the shape of its service: reading takes the URLs out of Adobe's final status body and leaves references in
 * their places, presenting puts the gateway's own in. What is stored has no signed URL.
 */
export const templateResult = (options: TemplateOptions): ResultShape => {
  const { schema, mediaType, omitted = jobMembers, writeError } = options;
  const patterns = parsePatterns(options);
  return {
    schema,
    mediaType,
    read: (body) => {
      if (!isObject(body)) return undefined;
      const outputs: ListedOutput[] = [];
      const result = Object.fromEntries(Object.entries(body).filter(([name]) => !omitted.includes(name)));
      const rest = read(result, patterns, { outputs, places: new Map(), path: [], around: [] });
      return { outputs, rest: rest as Record<string, unknown> };
    },
    present: (rest, files, errors = []) => presentTemplate(rest, files, errors, writeError),
  };
};

/** What is left of a pattern below the value at hand. */
interface Pending {
  steps: readonly string[];
  means: { kind: 'url' } | { kind: 'error' } | { kind: 'required' } | ({ kind: 'embedded' } & EmbeddedPattern);
}

const parsePatterns = ({ outputs, embedded = [], errors = [], required = [] }: TemplateOptions): Pending[] => [
  ...outputs.map((at): Pending => ({ steps: toSteps(at), means: { kind: 'url' } })),
  ...embedded.map((each): Pending => ({ steps: toSteps(each.at), means: { kind: 'embedded', ...each } })),
  ...errors.map((at): Pending => ({ steps: toSteps(at), means: { kind: 'error' } })),
  ...required.map((at): Pending => ({ steps: toSteps(at), means: { kind: 'required' } })),
];

const toSteps = (pattern: BodyPattern): string[] =>
  pattern.split('.').flatMap((part) => (part.endsWith('[]') ? [part.slice(0, -2), element] : [part]));

const element = '[]';

/** How far reading has come. */
interface Reading {
  outputs: ListedOutput[];
  /** Number of the output at each place that has one already. */
  places: Map<string, number>;
  path: readonly string[];
  /** The objects around the value, the nearest last. */
  around: readonly Readonly<Record<string, unknown>>[];
}

/** The value as it is stored; what it names is listed in the order of the document. */
const read = (value: unknown, pending: readonly Pending[], reading: Reading): unknown => {
  const { outputs } = reading;
  const before = outputs.length;
  const here = pending.filter(({ steps }) => steps.length === 0).map(({ means }) => means);
  const embedded = here.find((means) => means.kind === 'embedded');
  if (embedded !== undefined) return readEmbedded(value, embedded, reading);
  if (typeof value === 'string') {
    return here.some(({ kind }) => kind === 'url') ? readUrl(value, reading) : withoutQueries(value);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (here.some(({ kind }) => kind === 'error')) outputs.push({ error: readError(value) });
  const rest = Array.isArray(value) ? readList(value, pending, reading) : readObject(value, pending, reading);
  if (here.some(({ kind }) => kind === 'required') && outputs.length === before) outputs.push(undefined);
  return rest;
};

const readList = (values: readonly unknown[], pending: readonly Pending[], reading: Reading): unknown[] => {
  const inner = advance(pending, element);
  return values.map((value, index) => read(value, inner, { ...reading, path: [...reading.path, String(index)] }));
};

const readObject = (value: object, pending: readonly Pending[], reading: Reading): Record<string, unknown> => {
  const inside = { ...reading, around: [...reading.around, value as Record<string, unknown>] };
  const single = advance(pending, element);
  const required = single.some(({ steps, means }) => steps.length === 0 && means.kind === 'required');
  const before = reading.outputs.length;
  const members = Object.entries(value).map(([name, member]) => {
    const inner = [...advance(pending, name), ...advance(single, name)];
    return [name, read(member, inner, { ...inside, path: [...reading.path, name] })];
  });
  if (required && reading.outputs.length === before) reading.outputs.push(undefined);
  return Object.fromEntries(members);
};

const advance = (pending: readonly Pending[], step: string): Pending[] =>
  pending.filter(({ steps }) => steps[0] === step).map(({ steps, means }) => ({ steps: steps.slice(1), means }));

const readUrl = (text: string, { outputs, places, path }: Reading): unknown => {
  if (!isWebUrl(text)) return withoutQueries(text);
  const place = toPlace(path);
  const known = places.get(place);
  if (known !== undefined) return { [outputMember]: known };
  places.set(place, outputs.length);
  outputs.push({ url: text });
  return { [outputMember]: outputs.length - 1 };
};

const isWebUrl = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text);

/** `x.destination.url`, `x.destination` and `x.url` are places of the same output. */
const toPlace = (path: readonly string[]): string => {
  const parent = ['url', 'href'].includes(path.at(-1) ?? '') ? path.slice(0, -1) : path;
  return JSON.stringify(parent.at(-1) === 'destination' ? parent.slice(0, -1) : parent);
};

const readEmbedded = (value: unknown, pattern: EmbeddedPattern, { outputs, around }: Reading): unknown => {
  if (value === undefined || value === null) return value;
  const said = around.at(-1)?.['embedded'];
  const written = pattern.encoding ?? (said === 'base64' ? 'base64' : 'json');
  // JSON that is written as a text stays one.
  const encoding = written === 'json' && typeof value === 'string' ? 'string' : written;
  const mediaType = around.findLast((each) => typeof each['mediaType'] === 'string')?.['mediaType'];
  const contentType =
    pattern.contentType ??
    (typeof mediaType === 'string' ? mediaType : said === 'json' ? 'application/json' : undefined);
  const embedded = decodeEmbedded(value, encoding, contentType);
  outputs.push(embedded && { embedded });
  return { [outputMember]: outputs.length - 1, encoding };
};

const readError = (value: object): Reason => {
  const fields = value as Readonly<Record<string, unknown>>;
  const code = ['error_code', 'errorCode', 'code'].map((name) => fields[name]).find(isCode);
  const message = ['message', 'title', 'reason'].map((name) => fields[name]).find((text) => typeof text === 'string');
  return {
    code: readCode(code) ?? 'output_failed',
    message: readMessage(typeof message === 'string' ? message : 'Adobe could not make this output.'),
  };
};

const isCode = (code: unknown): code is string | number => typeof code === 'string' || typeof code === 'number';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The beginning of a result that fits into a job's record: whole members and whole elements of lists, from the first that does not
 * fit on nothing more of its list.
 */
export const limitResult = (
  result: Readonly<Record<string, unknown>>,
  maxBytes: number,
): { result: Record<string, unknown>; isCut: boolean } => {
  const limit: Limit = { left: maxBytes, isCut: false };
  return { result: limitObject(result, limit), isCut: limit.isCut };
};

interface Limit {
  left: number;
  isCut: boolean;
}

const limitObject = (value: object, limit: Limit): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const fitting = takeFitting(member, Buffer.byteLength(JSON.stringify(name)) + separators, limit);
      return fitting === undefined ? [] : [[name, fitting.value]];
    }),
  );

const limitList = (values: readonly unknown[], limit: Limit): unknown[] => {
  const fitting: unknown[] = [];
  const wasCut = limit.isCut;
  limit.isCut = false;
  for (const value of values) {
    const taken = takeFitting(value, separators, limit);
    if (taken === undefined) break;
    fitting.push(taken.value);
    if (limit.isCut) break;
  }
  limit.isCut ||= wasCut;
  return fitting;
};

const separators = 2;

const takeFitting = (value: unknown, overhead: number, limit: Limit): { value: unknown } | undefined => {
  const bytes = overhead + Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytes <= limit.left) {
    limit.left -= bytes;
    return { value };
  }
  limit.isCut = true;
  if (typeof value !== 'object' || value === null || outputMember in value) return undefined;
  if (overhead + separators > limit.left) return undefined;
  limit.left -= overhead + separators;
  return { value: Array.isArray(value) ? limitList(value, limit) : limitObject(value, limit) };
};
