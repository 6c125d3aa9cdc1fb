import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { GatewayError } from '#shared/errors.ts';

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
