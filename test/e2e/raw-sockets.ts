import { connect } from 'node:net';
import { stackNames } from '#local/stack-settings.ts';
import { createRandom } from '#test/fixtures/random.ts';

// On a busy machine an answer takes its time; a connection that is kept open is so for much longer.
const maxAnswerMs = 60_000;
// A client that waits for nothing more ends its half of the connection; a request that is cut short waits for nothing.
const patienceMs = 3_000;
const idleMs = 50;
const concurrency = 32;

interface Drawing {
  below(count: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}

const createDrawing = (seed: number): Drawing => {
  const random = createRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  return {
    below,
    chance: (share) => random() < share,
    pick: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item,
  };
};

const targets = [
  ...[
    '/',
    '/health',
    '/jobs',
    '/jobs?limit=1',
    '/queue',
    '/docs',
    '/openapi.json',
    '/v3/images/generate-async',
    '/batches',
  ],
  ...['/webhooks', '/uploads', '/v3/status/x', '*', 'jobs', '//', '/%00', '/%ZZ', '/\u00ff', `/${'a'.repeat(9_000)}`],
  ...['http://127.0.0.1/health', 'https://[::1', 'file:///etc/passwd', '/../../etc/passwd', '/?%', '/\t'],
];
const verbs = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'CONNECT',
  'get',
  'PRI',
  '\u0000',
  '',
];
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', ''];
const bodies = ['{}', '{"prompt":', '{"prompt":"x","n":1e999}', '[]', '\u0000', 'a=b', '<a/>', '"'.repeat(3_000)];

/** Headers about the length of the body, most of which contradict each other or the body. */
const framings: readonly ((body: string) => string[])[] = [
  (body) => [`Content-Length: ${Buffer.byteLength(body)}`],
  () => [],
  (body) => [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'],
  (body) => [`Content-Length: ${body.length}`, `Content-Length: ${body.length + 1}`],
  (body) => [`Content-Length: ${body.length}, ${body.length}`],
  (body) => [`Content-Length: ${body.length + 5}`],
  (body) => [`Content-Length: +${body.length}`],
  () => ['Content-Length: -1'],
  () => ['Content-Length: 0x10'],
  () => ['Content-Length: 99999999999999999999'],
  () => ['Content-Length: 10485761'],
  () => ['Transfer-Encoding: chunked, identity'],
  () => ['Transfer-Encoding : chunked'],
  () => ['Transfer-Encoding: xchunked'],
  () => ['Transfer-Encoding: gzip, chunked'],
];
const chunks = [
  '2\r\n{}\r\n0\r\n\r\n',
  '0\r\n\r\n',
  'ZZ\r\n{}\r\n',
  '-1\r\n',
  'ffffffffffffffff\r\nx',
  '2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n',
  '2\r\n{}',
  '5\n{}',
];
const oddHeaders = [
  ...[
    'X-Nul: a\u0000b',
    ': empty',
    'No colon',
    ' Folded: x',
    'X-Wide: \u20ac',
    'Host: evil.example',
    'Host: ',
    'Expect: 100-continue',
  ],
  ...[
    'Expect: 200-ok',
    'Upgrade: websocket\r\nConnection: Upgrade',
    'Connection: close',
    'Origin: http://evil.example',
    'Origin: null',
  ],
  ...[
    'Content-Encoding: gzip',
    'Accept-Encoding: br;q=0, *',
    'If-None-Match: "',
    'Prefer: wait=99999',
    'Cookie: =; ;;=',
    'Range: bytes=0-',
  ],
  ...[
    `X-Long: ${'x'.repeat(11_000)}`,
    'x'.repeat(3_000),
    'Authorization: Bearer a.b.c',
    'Content-Type: application/json; charset="',
  ],
];

const drawRequest = ({ chance, pick, below }: Drawing, host: string): string => {
  const body = pick(bodies);
  const framing = (chance(0.5) ? framings[0] : pick(framings))?.(body) ?? [];
  const lines = [
    `${chance(0.7) ? pick(verbs.slice(0, 5)) : pick(verbs)} ${chance(0.5) ? pick(targets.slice(0, 9)) : pick(targets)} ${chance(0.7) ? 'HTTP/1.1' : pick(versions)}`,
    ...(chance(0.9) ? [`Host: ${host}`] : []),
    ...(chance(0.8) ? ['Connection: close'] : []),
    ...(chance(0.6) ? ['Content-Type: application/json'] : []),
    'X-Local-Caller: raw',
    ...Array.from({ length: chance(0.5) ? 0 : below(3) }, () => pick(oddHeaders)),
    ...framing,
  ];
  const ending = chance(0.95) ? '\r\n' : pick(['\n', '\r', '\u0000']);
  const content = /Transfer-Encoding/.test(framing.join()) && chance(0.8) ? pick(chunks) : body;
  return `${lines.join(ending)}${ending}${ending}${content}`;
};

/** Bytes that are no HTTP at all, as from a client that thinks it speaks to something else. */
const drawNoise = ({ below, pick }: Drawing): Buffer =>
  pick([
    () => Buffer.from('16030100c8010000c40303', 'hex'),
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'),
    () => Buffer.from(Array.from({ length: 1 + below(300) }, () => below(256))),
    () => Buffer.alloc(1 + below(20_000), 0),
    () => Buffer.from('\r\n'.repeat(1 + below(2_000))),
    () => Buffer.alloc(0),
  ])();

interface Sent {
  bytes: Buffer;
  waitMs: number;
}

const drawBytes = (drawing: Drawing, host: string): Sent => {
  if (drawing.chance(0.12)) return { bytes: drawNoise(drawing), waitMs: idleMs };
  // One in several hundred has a body beyond the limit, without saying so before.
  if (drawing.chance(0.002)) {
    const head = `POST /batches HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    return { bytes: Buffer.from(`${head}${chunk.repeat(11)}0\r\n\r\n`), waitMs: patienceMs };
  }
  const requests = Array.from({ length: drawing.chance(0.1) ? 3 : 1 }, () => drawRequest(drawing, host)).join('');
  const bytes = Buffer.from(requests, drawing.chance(0.5) ? 'utf8' : 'latin1');
  return drawing.chance(0.2)
    ? { bytes: bytes.subarray(0, drawing.below(bytes.length)), waitMs: idleMs }
    : { bytes, waitMs: patienceMs };
};

/** Sends bytes, reads until nothing more comes, ends the client's half of the connection, and waits for the server to end its own. */
const exchange = (url: URL, { bytes, waitMs }: Sent): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(url.port), url.hostname);
  let received = '';
  const timer = setTimeout(() => {
    socket.destroy();
    reject(new Error(`The connection is still open after ${maxAnswerMs} ms; received: ${received.slice(0, 300)}`));
  }, maxAnswerMs);
  socket.setEncoding('latin1');
  let idle = setTimeout(() => socket.end(), waitMs);
  socket.on('data', (text: string) => {
    clearTimeout(idle);
    idle = setTimeout(() => socket.end(), idleMs);
    // Status lines are looked at, not bodies.
    if (received.length < 100_000) received += text;
  });
  // A reset by the server is an end as well.
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(timer);
    clearTimeout(idle);
    resolve(received);
  });
  socket.write(bytes);
  return promise;
};

/**
 * Sends malformed and contradictory bytes on connections of their own.
 *
 * @returns how often each status was answered; 0 stands for a connection that the server ended without an answer
 * @throws {Error} with the bytes, for a 5xx or a connection that stays open
 */
export const sendRawRequests = async (
  gateway: string,
  { seed, count }: { seed: number; count: number },
): Promise<Record<number, number>> => {
  const url = new URL(gateway);
  const statuses: Record<number, number> = {};
  const send = async (number: number): Promise<void> => {
    const sent = drawBytes(createDrawing(seed * 1_000_003 + number), url.host);
    const described = `Seed ${seed}, connection ${number}: ${JSON.stringify(sent.bytes.subarray(0, 1_000).toString('latin1'))}`;
    const received = await exchange(url, sent).catch((cause: unknown) => {
      throw new Error(described, { cause });
    });
    const answered = [...received.matchAll(/^HTTP\/1\.1 ([2-9]\d\d) /gm)].map(([, status]) => Number(status));
    if (answered.some((status) => status >= 500))
      throw new Error(`${described} was answered: ${received.slice(0, 500)}`);
    for (const status of answered.length > 0 ? answered : [0]) statuses[status] = (statuses[status] ?? 0) + 1;
  };
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const number = next;
        next += 1;
        await send(number);
      }
    }),
  );
  return statuses;
};

/** Whether a line of the log is an error of the API: the other functions still work on what earlier tests have left. */
export const isErrorOfApi = (line: string): boolean =>
  line.startsWith(`${stackNames.functions.api}: `) && /"level":"(ERROR|CRITICAL)"/.test(line);
