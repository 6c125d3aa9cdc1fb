/** Turns drawings into pixels, in a process of its own: libvips returns little of its memory, and this way all of it. */
import sharp from 'sharp';
import type { DrawAnswer, DrawRequest } from './draw.ts';

const render = ({ svg, format }: DrawRequest): Promise<Uint8Array> => {
  const image = sharp(Buffer.from(svg));
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality: 85 }).toBuffer();
    case 'png':
      return image.png({ compressionLevel: 3 }).toBuffer();
    case 'webp':
      return image.webp({ quality: 85 }).toBuffer();
  }
};

const say = (answer: DrawAnswer): void => {
  if (process.connected) process.send?.(answer, () => {});
};

process.on('message', async (request: DrawRequest) => {
  try {
    say({ id: request.id, picture: await render(request) });
  } catch (error) {
    say({ id: request.id, reason: String(error) });
  }
});
// Ctrl-C reaches the whole process group; the parent ends this process by closing the channel, or with its own end.
process.on('SIGINT', () => {});
