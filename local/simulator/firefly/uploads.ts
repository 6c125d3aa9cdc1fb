import { randomUUID } from 'node:crypto';
import type { Clock } from '#shared/clock.ts';
import { type Answer, adobeError, htmlPage, json, Refusal } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';

/** An image in Adobe's storage. */
export interface Upload {
  id: string;
  clientId: string;
  contentType: string;
  bytes: number;
  /** Epoch ms. */
  uploadedAt: number;
}

/** The images of one simulator. */
export interface Uploads {
  add(upload: Pick<Upload, 'clientId' | 'contentType' | 'bytes'>): Upload;
  /** Whether the client has an image of this id that has not expired. */
  has(id: string, clientId: string): boolean;
  all(): readonly Upload[];
}

// Adobe: an id is valid for 7 days.
const lifetimeMs = 7 * 86_400_000;

/** Starts with an empty storage. */
export const createUploads = (clock: Clock): Uploads => {
  const uploads = new Map<string, Upload>();
  return {
    add: (given) => {
      const upload = { ...given, id: randomUUID(), uploadedAt: clock.now() };
      uploads.set(upload.id, upload);
      return upload;
    },
    has: (id, clientId) => {
      const upload = uploads.get(id.toLowerCase());
      return upload?.clientId === clientId && clock.now() < upload.uploadedAt + lifetimeMs;
    },
    all: () => [...uploads.values()],
  };
};

const formats: Record<string, string> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/tiff': 'tiff',
  'image/jxl': 'jxl',
};

/**
 * Plays `POST /v2/storage/image` for a client that the gateway has let through.
 *
 * @throws {Refusal} in Adobe's words
 */
export const uploadImage = async (request: ReceivedRequest, clientId: string, uploads: Uploads): Promise<Answer> => {
  if (request.bodyTooLarge) throw new Refusal(htmlPage(413, 'Request Entity Too Large'));
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  const contentType = type.trim().toLowerCase();
  const format = formats[contentType];
  if (format === undefined) {
    throw new Refusal(adobeError(415, 'invalid_content_type', `Content type ${type || 'none'} is not supported`));
  }
  if (request.body.length === 0) throw new Refusal(adobeError(400, 'empty_input_body', 'The request has no body'));
  if (!(await isImage(request.body, format))) {
    throw new Refusal(adobeError(400, 'bad_request', `The body is not a valid ${format} image`));
  }
  const { id } = uploads.add({ clientId, contentType, bytes: request.body.length });
  return json(200, { images: [{ id }] });
};

const isImage = async (bytes: Buffer, format: string): Promise<boolean> => {
  // The library that decodes does not know JPEG XL: its signature must do.
  if (format === 'jxl') return bytes.subarray(0, 2).equals(Buffer.from([0xff, 0x0a])) || bytes.includes('JXL ');
  const { default: sharp } = await import('sharp');
  try {
    const { format: found } = await sharp(bytes).metadata();
    // Reading all of it finds what is broken behind the header.
    await sharp(bytes, { failOn: 'truncated' }).stats();
    return found === format;
  } catch {
    return false;
  }
};
