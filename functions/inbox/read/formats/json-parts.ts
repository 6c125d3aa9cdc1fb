import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { jsonVerifier } from 'stream-json/core/utils/verifier.js';
import { BoundedValue, type ReadValue } from './bounded-value.ts';
import { RefusedFileError } from './refused-file.ts';

/** What comes out of a JSON file, in its order: that its list of requests begins, one of them, or any other member. */
export type JsonPart =
  | { kind: 'list' }
  | { kind: 'request'; value: ReadValue }
  | { kind: 'member'; name: string; value: ReadValue };

// More is no name of anything, and must not be held.
const longestName = 255;

/**
 * Reads a file that is one JSON object, with at most one part of it in memory.
 *
 * @throws {RefusedFileError} if it is no such file; it says where, without anything of its content
 */
export async function* jsonParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<JsonPart> {
  const parts = new PartReader();
  const tokenize = jsonParser({ packValues: false });
  // Names the place of an error, which the parser does not.
  const verify = jsonVerifier();
  for await (const text of texts(chunks)) {
    for (const token of tokensOf(text, verify, tokenize)) {
      const part = parts.take(token);
      if (part !== undefined) yield part;
    }
  }
  if (parts.state === 'begin') throw new RefusedFileError('empty_file', 'There is nothing in the file.');
  if (parts.state === 'inside') throw unreadable('The JSON in the file ends too early.');
}

async function* texts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let bytes = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return utf8.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw unreadable(`The file is not valid UTF-8 after byte ${bytes}.`);
    }
  };
  for await (const chunk of chunks) {
    yield decode(chunk);
    bytes += chunk.length;
  }
  yield decode();
}

const tokensOf = (
  text: string,
  verify: ReturnType<typeof jsonVerifier>,
  tokenize: ReturnType<typeof jsonParser>,
): readonly Token[] => {
  try {
    verify(text);
    const tokens = tokenize(text);
    return typeof tokens === 'symbol' ? [] : tokens.values;
  } catch (error) {
    // The parsers' own messages may repeat the content.
    const { line, pos } = error as { line?: number; pos?: number };
    throw unreadable(
      `The JSON in the file is broken${line === undefined ? '' : ` at line ${line}, character ${pos}`}.`,
    );
  }
};

/** Puts the tokens of a file together to its parts. */
class PartReader {
  state: 'begin' | 'inside' | 'end' = 'begin';
  #name = '';
  #isInList = false;
  #value: BoundedValue | undefined;

  /** @returns the part that ends, or begins, with this token */
  take(token: Token): JsonPart | undefined {
    if (this.#value !== undefined) return this.#takeValue(this.#value, token);
    if (this.state === 'begin') {
      if (token.name !== 'startObject') {
        throw unreadable('The file must hold one request, or an object with requests and, if you like, defaults.');
      }
      this.state = 'inside';
      return undefined;
    }
    if (this.#isInList) {
      if (token.name !== 'endArray') return this.#takeValue(new BoundedValue(), token);
      this.#isInList = false;
      return undefined;
    }
    switch (token.name) {
      case 'startKey':
        this.#name = '';
        return undefined;
      case 'stringChunk':
        if (this.#name.length <= longestName) this.#name += token.value;
        return undefined;
      case 'endKey':
        return undefined;
      case 'endObject':
        this.state = 'end';
        return undefined;
      default:
        return this.#name === 'requests' ? this.#beginList(token) : this.#takeValue(new BoundedValue(), token);
    }
  }

  #takeValue(value: BoundedValue, token: Token): JsonPart | undefined {
    const read = value.take(token);
    this.#value = read === undefined ? value : undefined;
    if (read === undefined) return undefined;
    return this.#isInList ? { kind: 'request', value: read } : { kind: 'member', name: this.#name, value: read };
  }

  #beginList({ name }: Token): JsonPart {
    if (name !== 'startArray') throw unreadable('The requests in the file are not a list.');
    this.#isInList = true;
    return { kind: 'list' };
  }
}

const unreadable = (message: string): RefusedFileError => new RefusedFileError('unreadable_file', message);
