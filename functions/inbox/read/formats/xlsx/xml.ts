import { SaxesParser } from 'saxes';
import { damagedFile } from './archive.ts';

/** What is done with the pieces of an XML document; names come without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

// No text or tag of a spreadsheet is near that long: a cell has up to 32,767 characters.
const maxPieceBytes = 1_000_000;
const maxDepth = 64;

/**
 * Parses a document, piece by piece; comes back after each chunk, so that what the handler has collected can be taken.
 *
 * @throws {RefusedFileError} if it is no XML, or would need memory for something that no spreadsheet has
 */
export async function* parseXml(chunks: AsyncIterable<Buffer>, handler: XmlHandler): AsyncGenerator<void> {
  const parser = new SaxesParser({ position: false });
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let depth = 0;
  let bytesInPiece = 0;
  parser.on('error', () => {
    throw damagedFile();
  });
  // Entities of its own could make far more of a document than it has.
  parser.on('doctype', () => {
    throw damagedFile();
  });
  parser.on('opentag', ({ name, attributes }) => {
    bytesInPiece = 0;
    depth += 1;
    if (depth > maxDepth) throw damagedFile();
    const local: Record<string, string> = {};
    for (const key of Object.keys(attributes)) local[withoutPrefix(key)] = String(attributes[key]);
    handler.open(withoutPrefix(name), local);
  });
  const onText = (text: string): void => {
    bytesInPiece = 0;
    handler.text?.(text);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', ({ name }) => {
    bytesInPiece = 0;
    depth -= 1;
    handler.close?.(withoutPrefix(name));
  });
  for await (const chunk of chunks) {
    bytesInPiece += chunk.length;
    parser.write(decode(utf8, chunk));
    if (bytesInPiece > maxPieceBytes) throw damagedFile();
    yield;
  }
  parser.close();
  yield;
}

const decode = (utf8: InstanceType<typeof TextDecoder>, chunk: Buffer): string => {
  try {
    return utf8.decode(chunk, { stream: true });
  } catch {
    throw damagedFile();
  }
};

/** Parses a document that is small enough to be read at once. */
export const parseWholeXml = async (chunks: AsyncIterable<Buffer>, handler: XmlHandler): Promise<void> => {
  for await (const _ of parseXml(chunks, handler));
};

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Collects the text of a string, of which parts may have formats of their own; how it is pronounced is left out. */
export class StringText {
  #text = '';
  #isText = false;
  #isPronunciation = false;

  open(name: string): void {
    if (name === 'rPh') this.#isPronunciation = true;
    else if (name === 't') this.#isText = !this.#isPronunciation;
  }

  add(text: string): void {
    if (this.#isText) this.#text = joinTexts(this.#text, text);
  }

  close(name: string): void {
    if (name === 'rPh') this.#isPronunciation = false;
    else if (name === 't') this.#isText = false;
  }

  /** Takes the text out, for the next string. */
  take(): string {
    const text = readText(this.#text);
    this.#text = '';
    return text;
  }
}

/** Joins the pieces of one text, which no spreadsheet has of any length. */
export const joinTexts = (text: string, more: string): string => {
  if (text.length + more.length > maxPieceBytes) throw damagedFile();
  return text + more;
};

/** A text as it is meant: characters that XML cannot hold are written as `_x000D_` (ECMA-376, 22.9.2.19). */
export const readText = (text: string): string =>
  text
    .replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .toWellFormed();
