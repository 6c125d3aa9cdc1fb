import { GatewayError } from '#shared/errors.ts';
import type { OutputName } from '#shared/jobs/output-name.ts';
import type { Labels } from '#shared/requests/labels.ts';

/** Where a line stands in its file, and what its caller keeps beside it. */
export interface LineOrigin {
  /** Number of the line of a file of lines, or of the row of a table as spreadsheet programs count it, from 1. */
  row?: number;
  /** Cells of the caller's own columns, in the order of {@link FileNotes.columns}. */
  columns?: string[];
}

/** What cannot be a request, and why; the message never repeats its content. */
export interface ErrorLine extends LineOrigin {
  kind: 'error';
  code: string;
  message: string;
  /** The caller's own id of the line, where it could be read. */
  id?: string;
}

/** What a line of a file is, whatever the format of the file: a request as JSON, or what cannot be a request. */
export type PreparedLine = RequestLine | ErrorLine;

/** A request as JSON. */
export interface RequestLine extends LineOrigin {
  kind: 'request';
  json: string;
  /** What the caller should know about how the line was read. */
  warnings?: string[];
  /** How its outputs are called, where its caller says so. */
  outputName?: Omit<OutputName, 'folder'>;
}

/** What there is to say of a file besides its lines; filled while it is read. */
export interface FileNotes {
  /** Names of the caller's own columns, which come back in the report. */
  columns: string[];
  warnings: Set<string>;
  /** The name of outputs with placeholders, where the metadata of the file's object say so. */
  outputName?: string;
  /** Labels of all lines, likewise. */
  labels?: Labels;
}

/** Largest request in a file, in bytes: a request body of the largest size, and room for what stands around it. */
export const maxLineBytes = 110 * 1024;

/** A request that has more than {@link maxLineBytes}. */
export const tooLongLine: ErrorLine = {
  kind: 'error',
  code: 'line_too_long',
  message: `The request has more than ${maxLineBytes} bytes.`,
};

/** Bytes that are not UTF-8. */
export const notUtf8Line: ErrorLine = {
  kind: 'error',
  code: 'invalid_encoding',
  message: 'The line is not valid UTF-8.',
};

/** The line of a request, unless that is too large. */
export const toRequestLine = (request: unknown): PreparedLine => {
  const json = JSON.stringify(request);
  return Buffer.byteLength(json) > maxLineBytes ? tooLongLine : { kind: 'request', json };
};

/** A file cannot be taken as a whole; the message says why and never repeats its content. */
export class RefusedFileError extends GatewayError {}
