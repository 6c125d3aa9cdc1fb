import { access, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Codec, codecFiles } from '#shared/deployment/codec-files.ts';
import type { ImageHeader } from './image-header.ts';

/** An image as its pixels, RGBA with 8 bits each. */
export interface Pixels {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

/** Decodes the kinds of images that thumbnails are made of, and makes them; none of it is loaded before its first use. */
export interface Codecs {
  /** @throws {Error} for a file that is not what its kind says, or that breaks off */
  decode(kind: ImageHeader['kind'], file: Uint8Array): Promise<Pixels>;
  resize(image: Pixels, width: number, height: number): Promise<Pixels>;
  encodeWebp(image: Pixels): Promise<Uint8Array>;
}

/** Opens the codecs; each is compiled once. */
export const openCodecs = (): Codecs => {
  const decoders = { jpeg: once(openJpegDecoder), png: once(openPngDecoder), webp: once(openWebpDecoder) };
  const resizer = once(openResizer);
  const encoder = once(openWebpEncoder);
  return {
    decode: async (kind, file) => (await decoders[kind]())(toArrayBuffer(file)),
    resize: async (image, width, height) => (await resizer())(image, width, height),
    encodeWebp: async (image) => (await encoder())(image),
  };
};

/** A failed start is tried again by the next use. */
const once = <Opened>(open: () => Promise<Opened>): (() => Promise<Opened>) => {
  let opened: Promise<Opened> | undefined;
  return async () => {
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
};

const toArrayBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer =>
  buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
    ? buffer
    : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);

/** Reads a codec from beside the bundle, or from its package where the sources run. */
const readCodec = async (codec: Codec): Promise<ArrayBuffer> => {
  const path = codecFiles[codec];
  const beside = new URL(`./${basename(path)}`, import.meta.url);
  const isBundled = await access(beside).then(
    () => true,
    () => false,
  );
  return toArrayBuffer(await readFile(isBundled ? beside : fileURLToPath(import.meta.resolve(path))));
};

// What libjpeg thinks of a file would stand in the log as lines of their own.
const printErr = (): void => {};

type Decode = (file: ArrayBuffer) => Promise<Pixels>;

const openJpegDecoder = async (): Promise<Decode> => {
  const { default: decode, init } = await import('@jsquash/jpeg/decode.js');
  await init({ wasmBinary: await readCodec('jpegDecoder'), printErr });
  // As every viewer shows it: cameras say by a tag which side is up.
  return (file) => decode(file, { preserveOrientation: true });
};

const openPngDecoder = async (): Promise<Decode> => {
  const { decode, init } = await import('@jsquash/png/decode.js');
  await init(await readCodec('pngDecoder'));
  return (file) => decode(file);
};

const openWebpDecoder = async (): Promise<Decode> => {
  const { default: decode, init } = await import('@jsquash/webp/decode.js');
  await init({ wasmBinary: await readCodec('webpDecoder') });
  return (file) => decode(file);
};

const openResizer = async (): Promise<Codecs['resize']> => {
  const { default: resize, initResize } = await import('@jsquash/resize');
  await initResize(await readCodec('resizer'));
  // The colours as they are, as browsers scale them; linear light takes three times as long.
  return (image, width, height) => resize(image, { width, height, linearRGB: false });
};

const quality = 78;

const openWebpEncoder = async (): Promise<Codecs['encodeWebp']> => {
  const { default: encode, init } = await import('@jsquash/webp/encode.js');
  await init({ wasmBinary: await readCodec('webpEncoder') });
  return async (image) => new Uint8Array(await encode(image, { quality }));
};
