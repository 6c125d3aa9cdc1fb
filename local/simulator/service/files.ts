import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { filler, video } from '../outputs/filler.ts';
import type { Pictures } from '../picture/pictures.ts';
import type { PlannedOutput } from './definition.ts';

/** A file of which any number of readers can be opened. */
export interface FileContent {
  mediaType: string;
  bytes: number;
  open(): Readable;
  /** Its bytes at once, for what is embedded. */
  whole: Uint8Array;
}

const pictureFormats = { 'image/jpeg': 'jpeg', 'image/png': 'png', 'image/webp': 'webp' } as const;

const usualSize = { width: 64, height: 64 };

/**
 * Makes an output: a picture that was drawn, or the smallest file that readers take for its media type.
 *
 * @param bytes how large, with filler behind its own; null leaves it as small as it is
 */
export const makeFile = async (
  { mediaType, content, label = 'a picture', size = usualSize }: PlannedOutput,
  pictures: Pictures,
  bytes: number | null,
): Promise<FileContent> => {
  const seed = seedOf(`${mediaType} ${label}`);
  const whole =
    content === undefined ? await makeBytes(mediaType, { label, seed, size }, pictures) : Buffer.from(content);
  const padding = Math.max(0, (bytes ?? 0) - whole.byteLength);
  return {
    mediaType,
    bytes: whole.byteLength + padding,
    whole,
    open: () =>
      padding === 0
        ? Readable.from([Buffer.from(whole)])
        : Readable.from(padded(whole, seed, padding), { objectMode: false }),
  };
};

const padded = async function* (head: Uint8Array, seed: number, padding: number): AsyncGenerator<Uint8Array> {
  yield head;
  yield* filler(seed, padding) as AsyncIterable<Uint8Array>;
};

const seedOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);

const makeBytes = async (
  mediaType: string,
  { label, seed, size }: { label: string; seed: number; size: { width: number; height: number } },
  pictures: Pictures,
): Promise<Uint8Array> => {
  const format = (pictureFormats as Record<string, 'jpeg' | 'png' | 'webp'>)[mediaType];
  if (format !== undefined) return pictures.draw({ prompt: label, seed, ...size, format });
  if (mediaType === 'video/mp4') return video(seed);
  return (fileMakers[mediaType] ?? ((text) => Buffer.from(`${text}\n`)))(label);
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const littleEndian = (value: number): Buffer => uint32(value).reverse();

/** Adobe Photoshop File Formats Specification: one grey channel of 8 x 8 pixels, no layers. */
const psd = (): Buffer =>
  Buffer.concat([
    Buffer.from('8BPS\0\x01\0\0\0\0\0\0\0\x01', 'latin1'),
    uint32(8),
    uint32(8),
    Buffer.from([0, 8, 0, 1]),
    Buffer.alloc(12),
    Buffer.alloc(2),
    Buffer.alloc(64, 0x80),
  ]);

/** RIFF WAVE: a tenth of a second of silence, 8 kHz, 8 bits. */
const wav = (): Buffer => {
  const samples = Buffer.alloc(800, 0x80);
  const format = Buffer.from('01000100401f0000401f000001000800', 'hex');
  const body = Buffer.concat([
    Buffer.from('WAVEfmt '),
    littleEndian(16),
    format,
    Buffer.from('data'),
    littleEndian(samples.length),
    samples,
  ]);
  return Buffer.concat([Buffer.from('RIFF'), littleEndian(body.length), body]);
};

/** A baseline TIFF: one grey pixel. */
const tiff = (): Buffer => {
  const entries: [tag: number, type: 3 | 4, value: number][] = [
    [256, 3, 1],
    [257, 3, 1],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 3, 1],
    [279, 4, 1],
  ];
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length);
  for (const [index, [tag, type, value]] of entries.entries()) {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value, at + 8);
  }
  return Buffer.concat([Buffer.from('II*\0'), littleEndian(10), Buffer.from([0x80, 0]), directory]);
};

const pdf = (label: string): Buffer =>
  Buffer.from(`%PDF-1.7\n% ${label}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
trailer<</Root 1 0 R>>\n%%EOF\n`);

/** glTF 2.0, "GLB File Format": a scene without anything in it. */
const glb = (): Buffer => {
  const json = Buffer.from('{"asset":{"version":"2.0"}}  \n'.padEnd(32));
  return Buffer.concat([
    Buffer.from('glTF'),
    littleEndian(2),
    littleEndian(20 + json.length),
    littleEndian(json.length),
    Buffer.from('JSON'),
    json,
  ]);
};

/** The end of an empty archive, behind the mark by which archives are known. */
const zip = (): Buffer => {
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04\x14\0', 'latin1'),
    Buffer.alloc(20),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('a'),
  ]);
  return Buffer.concat([local, Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
};

const indesign = (): Buffer =>
  Buffer.concat([Buffer.from('0606edf5d81d46e5bd31efe7fe74b71d', 'hex'), Buffer.from('DOCUMENT'), Buffer.alloc(1_000)]);

const quickTime = (): Buffer => Buffer.from('\0\0\0\x14ftypqt  \0\0\x02\0qt  \0\0\0\x08mdat', 'latin1');

const svg = (label: string): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><title>${label.replace(/[<&]/g, ' ')}</title></svg>\n`,
  );

const fileMakers: Readonly<Record<string, (label: string) => Uint8Array>> = {
  'image/vnd.adobe.photoshop': psd,
  'image/tiff': tiff,
  'image/x-adobe-dng': tiff,
  'image/svg+xml': svg,
  'audio/wav': wav,
  'video/quicktime': quickTime,
  'application/pdf': pdf,
  'application/x-indesign': indesign,
  'application/eps': (label) =>
    Buffer.from(`%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%Title: ${label}\n%%EOF\n`),
  'application/zip': zip,
  'application/json': (label) => Buffer.from(JSON.stringify({ label })),
  'application/x-subrip': (label) => Buffer.from(`1\n00:00:00,000 --> 00:00:01,000\n${label}\n`),
  'model/gltf-binary': glb,
  'model/vnd.usdz+zip': zip,
};
