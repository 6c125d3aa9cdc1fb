import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { GatewayError } from '../errors.ts';
import { getExtension } from '../media-type.ts';
import type { Job } from './job.ts';

/** Prefix of everything stored for a job: outputs/yyyy/mm/dd/jobId/, by the UTC day on which the job was created. */
export const outputPrefix = (job: Pick<Job, 'jobId' | 'createdAt'>): string =>
  `outputs/${job.createdAt.slice(0, 10).replaceAll('-', '/')}/${job.jobId}/`;

/** Key of one output; the index starts at 0, in Adobe's order. */
export const outputKey = (job: Pick<Job, 'jobId' | 'createdAt'>, index: number, contentType: string): string =>
  `${outputPrefix(job)}${index}.${getExtension(contentType)}`;

/** Prefix of what Adobe writes to presigned URLs, before it is checked and stored as an output. */
export const incomingPrefix = 'incoming/';

/** Where Adobe writes an output in one turn of a job; the index starts at 0, in the order of the request. */
export const incomingKey = ({ jobId, turn }: Pick<Job, 'jobId' | 'turn'>, index: number): string =>
  `${incomingPrefix}${jobId}/${turn}/${index}`;

/** Key of the description beside the outputs, which is enough to make them again. */
export const manifestKey = (job: Pick<Job, 'jobId' | 'createdAt'>): string => `${outputPrefix(job)}job.json`;

/** An output was larger than the configured limit; nothing of it is kept. */
export class OutputTooLargeError extends GatewayError {
  constructor(maxBytes: number) {
    super('output_too_large', `The output is larger than the limit of ${maxBytes} bytes.`);
  }
}

/** Passes bytes through unchanged while it counts and hashes them. */
export class ByteMeter extends Transform {
  bytes = 0;
  readonly #hash = createHash('sha256');
  readonly #maxBytes: number;

  /** @param maxBytes the stream fails with {@link OutputTooLargeError} beyond this many bytes */
  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: Error | null, chunk?: Buffer) => void,
  ): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#maxBytes) {
      done(new OutputTooLargeError(this.#maxBytes));
      return;
    }
    this.#hash.update(chunk);
    done(null, chunk);
  }

  /** SHA-256 of all bytes in hex; call it once, after the end of the stream. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}
