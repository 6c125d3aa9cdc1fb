import { Assembler } from 'stream-json/core/assembler.js';
import type { Token } from 'stream-json/core/parser.js';
import { largestLineBytes } from '../lines-file.ts';
import { RefusedFileError } from './refused-file.ts';

/** A value of a JSON file with about how many characters it has, or that it was too large to be held. */
export type ReadValue = { kind: 'value'; value: unknown; characters: number } | { kind: 'too_long' };

// The parser remembers every level that is open.
const deepestNesting = 1_000;

/** Puts one JSON value together from the tokens of a parser that packs nothing; of one that is too large nothing is held. */
export class BoundedValue {
  #assembler: Assembler | undefined = new Assembler();
  #text = '';
  #characters = 0;
  #depth = 0;

  /**
   * @returns the value, if this was its last token
   * @throws {RefusedFileError} if it is nested too deep to be read on
   */
  take(token: Token): ReadValue | undefined {
    switch (token.name) {
      case 'startKey':
      case 'startString':
      case 'startNumber':
        this.#text = '';
        return undefined;
      case 'stringChunk':
      case 'numberChunk':
        if (this.#hold(token.value.length)) this.#text += token.value;
        return undefined;
      case 'endKey':
        this.#consume({ name: 'keyValue', value: this.#text });
        return undefined;
      case 'startObject':
      case 'startArray':
        this.#depth += 1;
        if (this.#depth > deepestNesting) {
          const message = `The JSON in the file is nested deeper than ${deepestNesting} levels.`;
          throw new RefusedFileError('unreadable_file', message);
        }
        this.#consume(token);
        return undefined;
      case 'endString':
        return this.#end({ name: 'stringValue', value: this.#text });
      case 'endNumber':
        return this.#end({ name: 'numberValue', value: this.#text });
      case 'endObject':
      case 'endArray':
        this.#depth -= 1;
        return this.#end(token);
      default:
        return this.#end(token);
    }
  }

  #end(token: Token): ReadValue | undefined {
    this.#consume(token);
    if (this.#depth > 0) return undefined;
    return this.#assembler === undefined
      ? { kind: 'too_long' }
      : { kind: 'value', value: this.#assembler.current, characters: this.#characters };
  }

  #consume(token: Token): void {
    if (this.#hold(1)) this.#assembler?.consume(token);
  }

  /** Whether there is room for so many characters more. */
  #hold(characters: number): boolean {
    this.#characters += characters;
    if (this.#characters <= largestLineBytes) return true;
    this.#assembler = undefined;
    this.#text = '';
    return false;
  }
}
