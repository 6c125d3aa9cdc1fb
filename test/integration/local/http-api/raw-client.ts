import { connect, type Socket } from 'node:net';

/** Opens a bare connection to a server's URL. */
export const openSocket = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
};

/** What a server answered on a bare connection. */
export interface RawAnswer {
  status: number;
  head: string;
  body: string;
}

/** Sends bytes as they are and reads until the server ends the connection. */
export const sendRaw = async (url: string, text: string): Promise<RawAnswer> => {
  const socket = await openSocket(url);
  socket.write(text);
  const answer = await readAnswer(socket);
  socket.destroy();
  return answer;
};

/** Reads one answer up to the length it announces, or to the end of the connection. */
export const readAnswer = (socket: Socket): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    let received = '';
    const take = () => {
      const [head = '', ...rest] = received.split('\r\n\r\n');
      return { status: Number(head.split(' ')[1]), head, body: rest.join('\r\n\r\n') };
    };
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
      const answer = take();
      const length = /content-length: (\d+)/i.exec(answer.head)?.[1];
      if (length !== undefined && Buffer.byteLength(answer.body) >= Number(length)) resolve(answer);
    });
    socket.on('end', () => resolve(take()));
    socket.on('error', reject);
  });
