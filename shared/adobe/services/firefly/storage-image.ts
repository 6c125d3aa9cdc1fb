import * as z from 'zod';
import type { AccessToken } from '../../auth/access-token.ts';
import { callAdobe, NoAnswerError } from '../../http/client.ts';
import { type AdobeError, isTokenRefused, readAdobeError } from '../../http/errors.ts';
import { parseJson } from '../../http/json.ts';
import { readRetryAfter } from '../../http/retry-after.ts';
import type { ImageType } from './image-types.ts';

/** What an upload led to. `unavailable`: it may be tried again, at worst the image lies in Adobe's storage twice. */
export type UploadOutcome =
  | { kind: 'uploaded'; uploadId: string }
  | { kind: 'token_refused'; error: AdobeError }
  | { kind: 'refused'; error: AdobeError }
  | { kind: 'unavailable'; retryAfterMs?: number };

/** How long an upload can be named in requests, in ms (Adobe: 7 days). */
export const uploadLifetimeMs = 7 * 24 * 60 * 60_000;

const uploadTimeoutMs = 25_000;

const uploadedBody = z.object({ images: z.array(z.object({ id: z.string().min(1) })).min(1) });

/** Sends an image to Adobe's storage, once (Adobe: `POST /v2/storage/image`). It costs nothing. */
export const uploadImage = async (
  options: { baseUrl: string; image: Uint8Array<ArrayBuffer>; contentType: ImageType },
  token: AccessToken,
  nowMs: () => number,
): Promise<UploadOutcome> => {
  try {
    const { status, headers, body } = await callAdobe({
      method: 'POST',
      url: new URL('/v2/storage/image', options.baseUrl).href,
      token,
      body: options.image,
      headers: { 'content-type': options.contentType },
      timeoutMs: uploadTimeoutMs,
    });
    if (status >= 200 && status < 300) {
      const [image] = uploadedBody.safeParse(parseJson(body)).data?.images ?? [];
      return image === undefined ? { kind: 'unavailable' } : { kind: 'uploaded', uploadId: image.id };
    }
    const error = readAdobeError(status, body, headers.get('x-access-error'));
    if (isTokenRefused(error)) return { kind: 'token_refused', error };
    if (status === 408 || status === 429 || status >= 500) {
      const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs());
      return { kind: 'unavailable', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    return { kind: 'refused', error };
  } catch (error) {
    if (error instanceof NoAnswerError) return { kind: 'unavailable' };
    throw error;
  }
};
