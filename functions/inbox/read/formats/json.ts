import { jsonProblem } from '#shared/json-limits.ts';
import { largestLineBytes, type PreparedLine, tooLongLine } from '../lines-file.ts';
import type { ReadValue } from './bounded-value.ts';
import { jsonParts } from './json-parts.ts';
import { isFields, mergeFields } from './merge-fields.ts';
import { RefusedFileError } from './refused-file.ts';

/** What a JSON file is, beside the requests in its list. */
type Outline = { kind: 'one'; line: PreparedLine } | { kind: 'list'; defaults: Record<string, unknown> };

/**
 * One line for each request of a JSON file: the file is one, or has a list of `requests`, under each of which its `defaults`
 * are merged. It is read through once before its first request, so that a file that is broken at its end is refused before
 * anything is made of it, and so that the defaults may stand anywhere.
 *
 * @param open begins to read the file, as often as it is called
 * @throws {RefusedFileError} if the file is no JSON, or neither of the two
 */
export async function* readJson(open: () => AsyncIterable<Uint8Array>): AsyncGenerator<PreparedLine> {
  const outline = await outlineOf(open());
  if (outline.kind === 'one') {
    yield outline.line;
    return;
  }
  for await (const part of jsonParts(open())) {
    if (part.kind !== 'request') continue;
    yield part.value.kind === 'too_long' ? tooLongLine : lineOf(part.value.value, outline.defaults);
  }
}

const outlineOf = async (chunks: AsyncIterable<Uint8Array>): Promise<Outline> => {
  const others = new OneRequest();
  let defaults: Record<string, unknown> | undefined;
  let lists = 0;
  for await (const part of jsonParts(chunks)) {
    if (part.kind === 'list') lists += 1;
    else if (part.kind === 'member' && part.name !== 'defaults') others.add(part.name, part.value);
    else if (part.kind === 'member') {
      if (defaults !== undefined) throw refused('The file has defaults twice.');
      defaults = defaultsOf(part.value);
    }
  }
  if (lists === 0 && defaults === undefined) return { kind: 'one', line: others.line() };
  if (lists > 1) throw refused('The file has requests twice.');
  if (others.firstName !== undefined) {
    throw refused(`The file has ${others.firstName.toWellFormed()} beside requests and defaults.`);
  }
  if (lists === 0) throw refused('The file has defaults, and no requests.');
  return { kind: 'list', defaults: defaults ?? {} };
};

/** The members of a file that is one request, as long as there is room for them. */
class OneRequest {
  firstName: string | undefined;
  #members: [string, unknown][] | undefined = [];
  #characters = 0;

  add(name: string, read: ReadValue): void {
    this.firstName ??= name;
    this.#characters += name.length + (read.kind === 'value' ? read.characters : 0);
    if (read.kind === 'too_long' || this.#characters > largestLineBytes) this.#members = undefined;
    else this.#members?.push([name, read.value]);
  }

  line(): PreparedLine {
    return this.#members === undefined ? tooLongLine : lineOf(Object.fromEntries(this.#members), {});
  }
}

const defaultsOf = (read: ReadValue): Record<string, unknown> => {
  if (read.kind === 'too_long') throw refused(`The defaults have more than ${largestLineBytes} bytes.`);
  const problem = isFields(read.value) ? jsonProblem(read.value) : 'are no object';
  if (!isFields(read.value) || problem !== undefined) throw refused(`The defaults cannot be used: they ${problem}.`);
  return read.value;
};

const lineOf = (value: unknown, defaults: Record<string, unknown>): PreparedLine => {
  if (!isFields(value)) return { kind: 'error', code: 'invalid_json', message: 'The request is no JSON object.' };
  const problem = jsonProblem(value);
  if (problem !== undefined) return { kind: 'error', code: 'invalid_json', message: `The request ${problem}.` };
  const json = JSON.stringify(mergeFields(defaults, value));
  return Buffer.byteLength(json) > largestLineBytes ? tooLongLine : { kind: 'request', json };
};

const refused = (message: string): RefusedFileError => new RefusedFileError('unreadable_file', message);
