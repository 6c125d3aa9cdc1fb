import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { JobFailure } from './definition.ts';
import type { FileContent } from './files.ts';

/**
 * Writes an output to a presigned URL by one PUT, as Adobe does: with a length, without a checksum.
 *
 * @param contentType sent along; none if undefined, as Adobe does not say whether it does
 * @returns why it could not be written, or undefined
 */
export const putOutput = async (
  url: string,
  file: FileContent,
  contentType: string | undefined,
  signal: AbortSignal,
): Promise<JobFailure | undefined> => {
  const failure = (reason: string): JobFailure => ({
    kind: 'output_unwritable',
    message: `The output could not be written: ${reason}`,
  });
  try {
    const status = await put(url, file, contentType, signal);
    return status >= 200 && status < 300 ? undefined : failure(`HTTP ${status}`);
  } catch (error) {
    if (signal.aborted) throw error;
    return failure('connection failed');
  }
};

// fetch would send a stream in chunks, which S3 refuses.
const put = async (
  url: string,
  file: FileContent,
  contentType: string | undefined,
  signal: AbortSignal,
): Promise<number> => {
  const send = new URL(url).protocol === 'https:' ? requestHttps : requestHttp;
  const headers = {
    'content-length': String(file.bytes),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
  const request = send(url, { method: 'PUT', headers, signal });
  const answered = new Promise<number>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      response.once('error', reject);
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
  });
  // A server that refuses early answers before it has read everything; its answer counts.
  const [status] = await Promise.all([answered, pipeline(file.open(), request).catch(() => undefined)]);
  return status;
};
