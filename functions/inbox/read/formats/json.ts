import { jsonProblem } from '#shared/json-limits.ts';
import { readLineId } from '../line-request.ts';
import { maxLineBytes, type PreparedLine, RefusedFileError, toRequestLine } from '../prepared-line.ts';

/**
 * Largest JSON file, in bytes: it is held in memory as a whole. JSON lines, which are read one by one, are the format for
 * more.
 */
export const maxJsonBytes = 32_000_000;

// Each takes some hundred bytes of memory, and every level that is open as much.
const maxValues = 2_000_000;
const maxNesting = 1_000;

/**
 * One line for each request of a JSON file: the file is one, or has a list of `requests`, under each of which its `defaults`
 * are merged. A file that is broken is refused before anything is made of it.
 *
 * @throws {RefusedFileError} if the file is not JSON, or neither of the two
 */
export async function* readJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<PreparedLine> {
  const file = parseFile(await readAll(chunks));
  if (!isFields(file)) {
    throw refused('The file must hold one request, or an object with requests and, if you like, defaults.');
  }
  const { requests, defaults, ...others } = file;
  if (requests === undefined && defaults === undefined) {
    yield toLine(file, {});
    return;
  }
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw refused(`The file has ${other.slice(0, maxNameLength).toWellFormed()} beside requests and defaults.`);
  }
  if (requests === undefined) throw refused('The file has defaults, and no requests.');
  if (!Array.isArray(requests)) throw refused('The requests in the file are not a list.');
  const common = defaults === undefined ? {} : readDefaults(defaults);
  for (const request of requests) yield toLine(request, common);
}

const maxNameLength = 255;

const readAll = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

const parseFile = (bytes: Buffer): unknown => {
  checkSize(bytes);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused('The file is not valid UTF-8.');
  }
  if (text.trim() === '') throw new RefusedFileError('empty_file', 'There is nothing in the file.');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused(describeSyntaxError(String(error)));
  }
};

/** The parser's own message may repeat the content; only where it stopped is taken out of it. */
const describeSyntaxError = (message: string): string => {
  if (/Unexpected end|Unterminated string/.test(message)) return 'The JSON in the file ends too early.';
  const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(message) ?? [];
  return `The JSON in the file is broken${line === undefined ? '' : ` at line ${line}, character ${column}`}.`;
};

/** Refuses what would take far more memory than it has bytes, such as a file of nothing but brackets, before it is parsed. */
const checkSize = (bytes: Buffer): void => {
  let values = 0;
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isInText) {
      if (byte === backslash) at += 1;
      else if (byte === quote) isInText = false;
    } else if (byte === quote) isInText = true;
    else if (byte === openBrace || byte === openBracket) {
      values += 1;
      depth += 1;
      if (values > maxValues)
        throw refused(`The JSON in the file has more than ${maxValues} objects and lists. ${useJsonl}`);
      if (depth > maxNesting) throw refused(`The JSON in the file is nested deeper than ${maxNesting} levels.`);
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
  }
};

/** What to do with a JSON file that is too large. */
export const useJsonl = 'Send it as .jsonl, with one request on each line.';

const quote = 0x22;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Fields by name, as in a JSON object. */
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readDefaults = (defaults: unknown): Fields => {
  const problem = isFields(defaults) ? jsonProblem(defaults) : 'are no object';
  if (!isFields(defaults) || problem !== undefined) throw refused(`The defaults cannot be used: they ${problem}.`);
  if (toRequestLine(defaults).kind === 'error') throw refused(`The defaults have more than ${maxLineBytes} bytes.`);
  return defaults;
};

const toLine = (request: unknown, defaults: Fields): PreparedLine => {
  if (!isFields(request)) return { kind: 'error', code: 'invalid_json', message: 'The request is no JSON object.' };
  const merged = mergeFields(defaults, request);
  const id = readLineId(merged);
  const problem = jsonProblem(request);
  if (problem !== undefined) return { kind: 'error', code: 'invalid_json', message: `The request ${problem}.`, id };
  const line = toRequestLine(merged);
  return line.kind === 'error' ? { ...line, id } : line;
};

/** Fills in the fields that are not given, also inside of fields; a list is one value, which replaces the other whole. */
const mergeFields = (defaults: Fields, given: Fields): Fields =>
  Object.fromEntries(
    [...new Set([...Object.keys(defaults), ...Object.keys(given)])].map((name) => [
      name,
      mergeValue(defaults, given, name),
    ]),
  );

const mergeValue = (defaults: Fields, given: Fields, name: string): unknown => {
  if (!Object.hasOwn(given, name)) return defaults[name];
  const [under, over] = [Object.hasOwn(defaults, name) ? defaults[name] : undefined, given[name]];
  return isFields(under) && isFields(over) ? mergeFields(under, over) : over;
};

const refused = (message: string): RefusedFileError => new RefusedFileError('unreadable_file', message);
