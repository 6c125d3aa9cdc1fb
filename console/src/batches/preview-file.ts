import { findFileKind } from './file-kinds.ts';
import { parseCsv } from './parse-csv.ts';

/** A request near the beginning of a file, as far as the page can read it. */
export interface PreviewLine {
  /** Number of the request, from 1. */
  line: number;
  id: string | undefined;
  operation: string;
  prompt: string | undefined;
  /** The body of the call; undefined for a row of a table. */
  body: Readonly<Record<string, unknown>> | undefined;
  /** The cells of a row of a table by their columns. */
  cells?: Readonly<Record<string, string>>;
  /** Why it cannot be a request. */
  problem: string | undefined;
}

/** What can be told of a file before it is sent. */
export interface FilePreview {
  lines: PreviewLine[];
  /** How many requests there are; undefined if only the gateway can count them. */
  count: number | undefined;
  /** Why the file cannot be sent. */
  problem: string | undefined;
}

const maxLines = 5;
const defaultOperation = 'images/generate';

/** Reads the first requests of a file; everything else about it the gateway checks line by line. */
export const previewFile = (name: string, text: string): FilePreview => {
  const content = text.replace(/^\uFEFF/, '');
  switch (findFileKind(name)?.contentType) {
    case 'text/csv':
      return previewTable(content);
    case 'application/x-ndjson':
      return previewLines(content);
    case 'application/json':
      return previewJson(content);
    default:
      return { lines: [], count: undefined, problem: undefined };
  }
};

const previewTable = (text: string): FilePreview => {
  const rows = parseCsv(text, Number.POSITIVE_INFINITY);
  const [header, ...requests] = rows;
  if (header === undefined || requests.length === 0) return refuse('The table has no row below its header.');
  const names = header.cells.map((cell) => cell.trim().toLowerCase());
  const lines = requests.slice(0, maxLines).map(({ cells }, index) => {
    const cellOf = (...wanted: string[]) => {
      const cell = cells[names.findIndex((column) => wanted.includes(column))]?.trim();
      return cell === '' ? undefined : cell;
    };
    const tooMany = cells.length > names.length && cells.slice(names.length).some((cell) => cell.trim() !== '');
    return {
      line: index + 1,
      id: cellOf('id'),
      operation: cellOf('operation') ?? defaultOperation,
      prompt: cellOf('prompt', 'body.prompt'),
      body: undefined,
      cells: Object.fromEntries(header.cells.map((column, place) => [column.trim(), cells[place]?.trim() ?? ''])),
      problem: tooMany ? 'It has more cells than the header.' : undefined,
    };
  });
  return { lines, count: requests.length, problem: undefined };
};

const previewLines = (text: string): FilePreview => {
  const written = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (written.length === 0) return refuse('The file is empty.');
  const lines = written.slice(0, maxLines).map((line, index) => {
    const value = parseJson(line);
    return value === undefined
      ? { ...describeRequest({}, {}, index + 1), problem: 'It is no JSON.' }
      : describeRequest(value, {}, index + 1);
  });
  return { lines, count: written.length, problem: undefined };
};

const previewJson = (text: string): FilePreview => {
  const value = parseJson(text);
  if (!isObject(value)) return refuse('The file is no JSON object.');
  if (!Object.hasOwn(value, 'requests')) {
    return { lines: [describeRequest(value, {}, 1)], count: 1, problem: undefined };
  }
  const { requests, defaults } = value;
  if (!Array.isArray(requests) || requests.length === 0) return refuse('Its requests are no list, or an empty one.');
  const base = isObject(defaults) ? defaults : {};
  const lines = requests.slice(0, maxLines).map((request, index) => describeRequest(request, base, index + 1));
  return { lines, count: requests.length, problem: undefined };
};

const describeRequest = (value: unknown, defaults: Readonly<Record<string, unknown>>, line: number): PreviewLine => {
  const request = isObject(value) ? merge(defaults, value) : {};
  const { id, operation, body } = request;
  const shownBody = isObject(body) ? body : undefined;
  const prompt = shownBody?.['prompt'];
  return {
    line,
    id: typeof id === 'string' ? id : undefined,
    operation: typeof operation === 'string' ? operation : defaultOperation,
    prompt: typeof prompt === 'string' ? prompt : undefined,
    body: shownBody,
    problem: shownBody === undefined ? 'It has no body.' : undefined,
  };
};

/** Defaults are merged below, object by object; a list replaces a list. */
const merge = (
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const before = merged[name];
    merged[name] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return merged;
};

const refuse = (problem: string): FilePreview => ({ lines: [], count: 0, problem });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
