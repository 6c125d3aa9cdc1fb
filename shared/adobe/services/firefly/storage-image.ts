import * as z from 'zod';
import { once } from '../../../once.ts';
import type { CallAdobe } from '../../http/call.ts';
import { parseJson } from '../../http/client.ts';
import type { AdobeError } from '../../http/errors.ts';

/** Media types of the images that Adobe's storage takes (Adobe: `POST /v2/storage/image`). */
export const imageTypes: readonly string[] = ['image/jpeg', 'image/png', 'image/webp', 'image/tiff', 'image/jxl'];

/** What an upload led to. `unavailable`: it may be tried again, at worst the image is in Adobe's storage twice. */
export type UploadOutcome =
  | { kind: 'uploaded'; uploadId: string }
  | { kind: 'refused'; error: AdobeError }
  | { kind: 'unavailable'; retryAfterMs?: number }
  | { kind: 'no_token' };

/** How long an upload can be named in requests, in ms (Adobe: 7 days). */
export const uploadLifetimeMs = 7 * 24 * 60 * 60_000;

const uploadTimeoutMs = 25_000;

const uploadedBody = once(() => z.object({ images: z.array(z.object({ id: z.string().min(1).max(200) })).min(1) }));

/** Sends an image to Adobe's storage, once (Adobe: `POST /v2/storage/image`). It costs nothing. */
export const uploadImage = async (
  { baseUrl, image, contentType }: { baseUrl: string; image: Uint8Array<ArrayBuffer>; contentType: string },
  call: CallAdobe,
): Promise<UploadOutcome> => {
  const outcome = await call({
    method: 'POST',
    url: new URL('/v2/storage/image', baseUrl).href,
    body: image,
    headers: { 'content-type': contentType },
    timeoutMs: uploadTimeoutMs,
  });
  switch (outcome.kind) {
    case 'answered': {
      const [stored] = uploadedBody().safeParse(parseJson(outcome.body)).data?.images ?? [];
      return stored === undefined ? { kind: 'unavailable' } : { kind: 'uploaded', uploadId: stored.id };
    }
    case 'refused':
      return { kind: 'refused', error: outcome.error };
    case 'no_token':
      return outcome;
    case 'unavailable':
      return { kind: 'unavailable', retryAfterMs: outcome.retryAfterMs };
    default:
      return { kind: 'unavailable' };
  }
};
