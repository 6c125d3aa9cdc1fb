import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { BatchSource } from '#shared/batches/batch.ts';
import { type Labels, labelRule, parseLabels } from '#shared/requests/labels.ts';
import { decodeTemplate } from '#shared/requests/name-template.ts';
import type { InboxContext } from '../../context.ts';
import { type FileNotes, type PreparedLine, RefusedFileError } from '../prepared-line.ts';
import { readCsv } from './csv.ts';
import { readText } from './encoding.ts';
import { maxJsonBytes, readJson, useJsonl } from './json.ts';
import { readJsonl } from './jsonl.ts';
import { openSource } from './open-source.ts';
import { useCsv } from './xlsx/archive.ts';
import { maxXlsxBytes, readXlsx } from './xlsx/xlsx.ts';

type Reader = (content: AsyncIterable<Buffer>, notes: FileNotes, maxBytes: number) => AsyncGenerator<PreparedLine>;

const readers = {
  jsonl: async function* (content) {
    yield* readJsonl((await readText(content)).chunks);
  },
  csv: async function* (content, notes) {
    yield* readCsv(await readText(content), notes);
  },
  json: async function* (content) {
    yield* readJson((await readText(content)).chunks);
  },
  xlsx: readXlsx,
} satisfies Record<string, Reader>;

/** How requests are written in a file. */
export interface FileFormat {
  format: keyof typeof readers;
  /** Whether the file is compressed with gzip. */
  isCompressed: boolean;
}

/** How much a file may hold. */
export interface SizeLimit {
  /** Bytes, unpacked. */
  maxBytes: number;
  /** What to do with a larger file. */
  advice?: string;
}

/**
 * Reads a file of requests in any format, one line for each request.
 *
 * @param notes filled with what there is to say of the file as a whole
 * @throws {RefusedFileError} if the file cannot be taken as a whole
 */
export async function* readSource(
  context: Pick<InboxContext, 's3' | 'bucket' | 'maxBytes'>,
  source: BatchSource,
  notes: FileNotes,
): AsyncGenerator<PreparedLine> {
  const file = parseFormat(source.key);
  if (file === undefined) {
    throw new RefusedFileError(
      'unknown_format',
      'The name of the file must end in .jsonl, .ndjson, .csv, .xlsx or .json, or in one of these and .gz.',
    );
  }
  const { maxBytes } = context;
  const { format, isCompressed } = file;
  const own = limits[format];
  const limit = own !== undefined && own.maxBytes < maxBytes ? own : { maxBytes };
  const { body, bytes, metadata } = await openSource(context, source);
  if (bytes > limit.maxBytes) {
    body.destroy();
    throw tooLarge(limit);
  }
  notes.outputName = decodeTemplate(metadata['output-name'] ?? '');
  notes.labels = readLabels(metadata['label'], body);
  const content = readContent(body, { isCompressed, ...limit });
  yield* readers[format](content, notes, maxBytes);
}

/** Limits of formats that are held in memory. */
const limits: Partial<Record<FileFormat['format'], SizeLimit>> = {
  json: { maxBytes: maxJsonBytes, advice: useJsonl },
  xlsx: { maxBytes: maxXlsxBytes, advice: useCsv },
};

const extensions: Record<string, FileFormat['format']> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  json: 'json',
  xlsx: 'xlsx',
};

/** The format that the end of a key names; undefined if it names none. */
export const parseFormat = (key: string): FileFormat | undefined => {
  const name = key.toLowerCase();
  const isCompressed = name.endsWith('.gz');
  const [, extension = ''] = /\.([a-z]+)$/.exec(isCompressed ? name.slice(0, -'.gz'.length) : name) ?? [];
  const format = Object.hasOwn(extensions, extension) ? extensions[extension] : undefined;
  return format && { format, isCompressed };
};

/**
 * The labels of all lines, where the metadata of the file's object name some.
 *
 * @throws {RefusedFileError} if they cannot be labels: what the jobs cost would be told by none
 */
const readLabels = (text: string | undefined, body: Readable): Labels | undefined => {
  if (text === undefined) return undefined;
  const labels = parseLabels(text);
  if (labels !== undefined) return labels;
  body.destroy();
  throw new RefusedFileError('invalid_labels', `The metadata "label" of the file ${labelRule}.`);
};

/**
 * Reads the content of a file, unpacked.
 *
 * @throws {RefusedFileError} if it has more than the limit, or is not gzip though it should be
 */
export async function* readContent(
  file: Readable,
  { isCompressed, ...limit }: SizeLimit & { isCompressed: boolean },
): AsyncGenerator<Buffer> {
  const content = isCompressed ? unpack(file) : file;
  let bytes = 0;
  try {
    for await (const chunk of content) {
      bytes += (chunk as Buffer).length;
      if (bytes > limit.maxBytes) throw tooLarge(limit);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw isCompressed && isZlibError(error)
      ? new RefusedFileError('unreadable_file', 'The file is named .gz but is no complete gzip file.')
      : error;
  } finally {
    file.destroy();
  }
}

const tooLarge = ({ maxBytes, advice }: SizeLimit): RefusedFileError => {
  const message = `The file has more than ${maxBytes} bytes, unpacked.`;
  return new RefusedFileError('file_too_large', advice === undefined ? message : `${message} ${advice}`);
};

// Errors, also of a file that breaks off, reach the reader of what is unpacked.
const unpack = (file: Readable): Readable => pipeline(file, createGunzip(), () => {});

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
