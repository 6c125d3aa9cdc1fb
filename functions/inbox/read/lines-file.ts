/**
 * A line of a file of requests, whatever the format of the file: a request as JSON, one whose fields are all texts (as in
 * a table), nothing, or what cannot be a request.
 */
export type PreparedLine = { kind: 'request' | 'texts'; json: string } | { kind: 'blank' } | ErrorLine;

/** What cannot be a request, and why; the message says nothing of its content. */
export interface ErrorLine {
  kind: 'error';
  code: string;
  message: string;
}

/** Most bytes of one request in a file: those of a request body, and room for what stands around it. */
export const largestLineBytes = 110 * 1024;

const tags = { '=': 'request', ',': 'texts' } as const;

/** Writes a line so that it can be read back alone; it holds no line feed but the one at its end. */
export const encodeLine = (line: PreparedLine): string => {
  switch (line.kind) {
    case 'request':
      return `=${line.json}\n`;
    case 'texts':
      return `,${line.json}\n`;
    case 'error':
      return `!${JSON.stringify([line.code, line.message])}\n`;
    case 'blank':
      return '\n';
  }
};

/** Reads what {@link encodeLine} wrote, without its line feed. */
export const decodeLine = (text: string): PreparedLine => {
  if (text === '') return { kind: 'blank' };
  const tag = text.slice(0, 1);
  if (tag === '=' || tag === ',') return { kind: tags[tag], json: text.slice(1) };
  const [code, message] = JSON.parse(text.slice(1)) as [string, string];
  return { kind: 'error', code, message };
};

/** A request that has more than {@link largestLineBytes}. */
export const tooLongLine: ErrorLine = {
  kind: 'error',
  code: 'line_too_long',
  message: `The request has more than ${largestLineBytes} bytes.`,
};

/** Text that is no UTF-8. */
export const notUtf8Line: ErrorLine = {
  kind: 'error',
  code: 'invalid_encoding',
  message: 'The line is not valid UTF-8.',
};
