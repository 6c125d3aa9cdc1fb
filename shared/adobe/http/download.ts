import { Readable } from 'node:stream';
// Browsers' own type of this name differs, where a page includes what it knows of answers.
import type { ReadableStream } from 'node:stream/web';
import { type ErrorDetails, GatewayError } from '../../errors.ts';
import type { AllowsUrl } from './hosts.ts';

/** The bytes of an output while they arrive. */
export interface Download {
  stream: Readable;
  contentType: string | null;
  /** Names this very content, if the server says it. */
  etag?: string | null;
}

/** An output could not be fetched. `expired` means that a fresh URL may help, `retryable` that time may. */
export class DownloadError extends GatewayError {
  readonly reason: 'host_not_allowed' | 'expired' | 'unavailable';

  /** @param reason what can be done about it */
  constructor(reason: DownloadError['reason'], message: string, options?: Pick<ErrorDetails, 'status' | 'cause'>) {
    super(`download_${reason}`, message, options);
    this.reason = reason;
  }
}

const redirectLimit = 3;

/**
 * Opens an output URL. The bearer token is never sent there, and neither the URL nor a redirect may leave the allow-list.
 *
 * @param timeoutMs for the whole download, not only its start
 * @throws {DownloadError}
 */
export const openDownload = async (url: string, allows: AllowsUrl, timeoutMs: number): Promise<Download> => {
  const signal = AbortSignal.timeout(timeoutMs);
  let target = url;
  for (let hop = 0; hop <= redirectLimit; hop += 1) {
    if (!allows(target)) {
      throw new DownloadError('host_not_allowed', `Outputs may not be fetched from ${hostOf(target)}.`);
    }
    let response: Response;
    try {
      response = await fetch(target, { redirect: 'manual', signal });
    } catch (cause) {
      throw new DownloadError('unavailable', 'The output could not be fetched.', { cause });
    }
    if (response.status === 200 && response.body !== null) {
      const { body, headers } = response;
      return {
        stream: Readable.fromWeb(body as ReadableStream),
        contentType: headers.get('content-type'),
        etag: headers.get('etag'),
      };
    }
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null && URL.canParse(location, target)) {
      target = new URL(location, target).href;
    } else if (response.status >= 400 && response.status < 500 && response.status !== 408 && response.status !== 429) {
      throw new DownloadError('expired', `The output URL was refused with HTTP status ${response.status}.`, {
        status: response.status,
      });
    } else {
      throw new DownloadError('unavailable', `The output was answered with HTTP status ${response.status}.`, {
        status: response.status,
      });
    }
  }
  throw new DownloadError('unavailable', 'The output URL redirects too often.');
};

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'a malformed URL');
