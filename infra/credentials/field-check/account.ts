import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Answer, classifyStatus, parseJson, sendOnce } from '#shared/adobe/http/client.ts';
import { openDownload } from '#shared/adobe/http/download.ts';
import { readAdobeError } from '#shared/adobe/http/errors.ts';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { readRetryAfter, type Sleep } from '#shared/adobe/http/retry.ts';
import { fireflyDialect } from '#shared/adobe/services/firefly/dialect.ts';
import { generateImages } from '#shared/adobe/services/firefly/operations/generate-images.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { isFailedOutput } from '#shared/adobe/services/outputs.ts';
import type { Clock } from '#shared/clock.ts';
import { GatewayError } from '#shared/errors.ts';

/** A probe cannot go on; the message is fit for the report. */
export class ProbeError extends GatewayError {
  constructor(message: string) {
    super('probe', message);
  }
}

/** An output as it was downloaded. */
export interface DownloadedOutput {
  contentType: string | null;
  sha256: string;
  hasContentCredentials: boolean;
}

/** A job that has succeeded. */
export interface FinishedJob {
  jobId: string | undefined;
  statusUrl: string;
  /** Of the acceptance. */
  headers: Headers;
  outputUrls: string[];
}

/** What an account is asked with. */
export interface AccountOptions {
  baseUrl: string;
  token: { accessToken: string; clientId: string };
  /** Paid operations at most. */
  maxPaid: number;
  clock: Clock;
  sleep: Sleep;
  /** Ends the check between two calls. */
  signal: AbortSignal;
}

/** The size that all probes ask for, unless they are about sizes: all model versions make it. */
export const usualSize = { width: 2048, height: 2048 };

const requestTimeoutMs = 120_000;
const jobTimeoutMs = 300_000;
const pollMs = 2_000;
const maxRateWaitMs = 70_000;
const maxRateWaits = 3;
const maxOutputBytes = 100_000_000;

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** The operator's account at Firefly: counts what may be billed, and never sends a paid request a second time. */
export class Account {
  readonly #options: AccountOptions;
  readonly #allows;
  #paid = 0;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#allows = createAllowList(['.adobe.io', new URL(options.baseUrl).origin]);
  }

  /** Requests so far that are billed, or may be. */
  get paid(): number {
    return this.#paid;
  }

  /** Sends a request that may be billed; waits out a rate limit, which bills nothing. */
  async send(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    for (let waits = 0; ; waits += 1) {
      if (this.#paid >= this.#options.maxPaid) throw new ProbeError('The paid operations of this check are used up.');
      // Counted before: an answer that is lost may be billed.
      this.#paid += 1;
      const answer = await this.#call('POST', new URL(path, this.#options.baseUrl).href, body, headers);
      const statusClass = classifyStatus(answer.status);
      if (statusClass === 'refused' || answer.status === 429) this.#paid -= 1;
      if (answer.status !== 429 || waits >= maxRateWaits) return answer;
      const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), this.#options.clock.now()) ?? 60_000;
      await this.#options.sleep(Math.min(maxRateWaitMs, retryAfterMs + 1_000));
    }
  }

  /** Reads a status; free. */
  async readStatus(url: string): Promise<Answer> {
    if (!this.#allows(url)) throw new ProbeError('The status URL is on a host where the token must not be sent.');
    return this.#call('GET', url);
  }

  /** The status URL of a job on the base host. */
  baseStatusUrl(jobId: string): string {
    return new URL(firefly.statusPath.replace('{jobId}', jobId), this.#options.baseUrl).href;
  }

  /** Generates one image and waits for it. */
  async generate(body: object, headers: Record<string, string> = {}): Promise<FinishedJob> {
    const answer = await this.send(generateImages.path, body, headers);
    const accepted = answer.status < 300 ? fireflyDialect.readAcceptance(parseJson(answer.body)) : undefined;
    if (accepted === undefined) throw new ProbeError(`A request was answered with ${describeAnswer(answer)}.`);
    const { statusUrl, jobId } = accepted;
    return { jobId, statusUrl, headers: answer.headers, outputUrls: await this.#follow(statusUrl) };
  }

  /** What the status names now. */
  async readOutputUrls(statusUrl: string): Promise<string[] | undefined> {
    const answer = await this.readStatus(statusUrl);
    const progress =
      answer.status === 200 ? fireflyDialect.readStatus(parseJson(answer.body), generateImages) : undefined;
    if (progress?.kind === 'succeeded')
      return progress.outputs.flatMap((output) =>
        output === undefined || isFailedOutput(output) ? [] : (output.url ?? []),
      );
    if (progress === undefined || progress.kind === 'running') return undefined;
    throw new ProbeError(`A job ended as ${progress.kind} (${progress.code.slice(0, 50)}).`);
  }

  async #follow(statusUrl: string): Promise<string[]> {
    const deadline = this.#options.clock.now() + jobTimeoutMs;
    while (this.#options.clock.now() < deadline) {
      const urls = await this.readOutputUrls(statusUrl);
      if (urls !== undefined) return urls;
      await this.#options.sleep(pollMs);
    }
    throw new ProbeError('A job did not end within five minutes.');
  }

  /** Downloads an output, without the token; free. */
  async download([url]: readonly string[]): Promise<DownloadedOutput> {
    if (url === undefined) throw new ProbeError('A job succeeded without an output.');
    this.#options.signal.throwIfAborted();
    const { stream, contentType } = await openDownload(url, isHttps, requestTimeoutMs);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxOutputBytes) throw new ProbeError('An output has more than 100 MB.');
      chunks.push(Buffer.from(chunk));
    }
    const content = Buffer.concat(chunks);
    return {
      contentType,
      sha256: createHash('sha256').update(content).digest('hex'),
      // A manifest store is a JUMBF box labelled so, in whatever way the format of the image embeds it (C2PA).
      hasContentCredentials: content.includes('jumb') && content.includes('c2pa'),
    };
  }

  async #call(
    method: 'GET' | 'POST',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { token, signal } = this.#options;
    signal.throwIfAborted();
    try {
      return await sendOnce(url, {
        method,
        headers: {
          authorization: `Bearer ${token.accessToken}`,
          'x-api-key': token.clientId,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body && JSON.stringify(body),
        timeoutMs: requestTimeoutMs,
      });
    } catch {
      // Without its cause: the HTTP client's error holds the request, and with it the token.
      throw new ProbeError('Adobe did not answer.');
    }
  }
}

const isHttps = (url: string): boolean =>
  URL.canParse(url) && (new URL(url).protocol === 'https:' || loopback.includes(new URL(url).hostname));

const codePattern = z.string().regex(/^[\w.-]{1,60}$/);

/** Status and code of an answer. Codes are Adobe's words, and shown only if they look like codes. */
export const describeAnswer = ({ status, headers, body }: Answer): string => {
  const { code } = readAdobeError(status, body, { contentType: headers.get('content-type') });
  return status < 400 || !codePattern.safeParse(code).success ? `${status}` : `${status} ${code}`;
};
