import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ProblemError, problemResponse } from '#functions/api/http/problem.ts';

// Long enough for a client on the same machine to read a short answer.
const lingerMs = 1_000;

/** What to answer when a request could not even be parsed. */
export const problemOfParseError = (error: NodeJS.ErrnoException): ProblemError => {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError(431, 'headers_too_large', 'The request line and headers have more than 10240 bytes.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ProblemError(413, 'request_too_large', 'The chunk extensions of the request are too long.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError(408, 'request_timeout', 'The request was not sent in time.');
    default:
      return new ProblemError(400, 'bad_request', 'The request is not valid HTTP.');
  }
};

const answered = new WeakSet<Duplex>();

/** Answers on the bare connection, lets the client read it, and ends the connection. */
export const answerOnSocket = (socket: Duplex, problem: ProblemError): void => {
  // Whatever else arrives on a broken connection is broken, too; only the first of it is answered.
  if (answered.has(socket)) return;
  answered.add(socket);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { statusCode, headers, body } = problemResponse(problem);
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    date: new Date().toUTCString(),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  socket.on('error', () => socket.destroy());
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.on('close', () => clearTimeout(timer));
};
