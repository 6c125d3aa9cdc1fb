import { detectMediaType } from '#shared/media-type.ts';
import type { FetchedInput, JobFailure, SimulatedInput } from './definition.ts';

/** What stands for S3 where nothing but loopback can be reached. */
export const storageDomain = 'amazonaws.com';

const fetchTimeoutMs = 15_000;
// Enough for the type of a file, and for the head of a picture.
const headBytes = 64 * 1024;

/**
 * What is wrong with the URL of an input: the request is refused for it.
 *
 * @param storageOrigins stand in for S3: they count as https and as below `amazonaws.com`
 * @returns undefined if nothing is
 */
export const findUrlIssue = (
  { url, domains }: SimulatedInput,
  serviceDomains: readonly string[] | undefined,
  storageOrigins: readonly string[],
): string | undefined => {
  if (!URL.canParse(url)) return 'must be a valid URL';
  const { protocol, hostname, origin } = new URL(url);
  const isStorage = storageOrigins.includes(origin);
  if (protocol !== 'https:' && !isStorage) return 'must be an https URL';
  const allowed = domains ?? serviceDomains;
  const host = isStorage ? storageDomain : hostname;
  const isAllowed = allowed?.some((domain) => host === domain || host.endsWith(`.${domain}`)) ?? true;
  return isAllowed ? undefined : `the domain ${host} is not allowed; allowed: ${allowed?.join(', ')}`;
};

/**
 * Fetches an input as far as it takes to see what it is.
 *
 * @returns what it is, or why the job fails
 */
export const fetchInput = async (input: SimulatedInput, signal: AbortSignal): Promise<FetchedInput | JobFailure> => {
  const unreachable = (reason: string): JobFailure => ({
    kind: 'input_unreachable',
    message: `The input ${input.path.join('.')} could not be downloaded: ${reason}`,
  });
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)]);
  try {
    const response = await fetch(input.url, { signal: timeout });
    if (!response.ok || response.body === null) return unreachable(`HTTP ${response.status}`);
    const head = await readHead(response.body);
    const length = response.headers.get('content-length');
    return await inspect(input, head, length === null ? undefined : Number(length));
  } catch (error) {
    if (signal.aborted) throw error;
    return unreachable(error instanceof Error && error.name === 'TimeoutError' ? 'time-out' : 'connection failed');
  }
};

const readHead = async (body: ReadableStream<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= headBytes) break;
  }
  return Buffer.concat(chunks);
};

const inspect = async (
  { path, mediaTypes, maxBytes, maxSize }: SimulatedInput,
  head: Buffer,
  bytes: number | undefined,
): Promise<FetchedInput | JobFailure> => {
  const name = path.join('.');
  const mediaType = await detectMediaType(head);
  if (mediaTypes !== undefined && !mediaTypes.includes(mediaType ?? '')) {
    return { kind: 'input_type', message: `The input ${name} is ${mediaType ?? 'of an unknown type'}` };
  }
  if (maxBytes !== undefined && bytes !== undefined && bytes > maxBytes) {
    return { kind: 'input_size', message: `The input ${name} has ${bytes} bytes, more than ${maxBytes}` };
  }
  const size = maxSize === undefined ? undefined : await measure(head);
  if (maxSize !== undefined && size !== undefined && (size.width > maxSize.width || size.height > maxSize.height)) {
    return { kind: 'input_size', message: `The input ${name} has ${size.width} x ${size.height} pixels` };
  }
  return { path, mediaType, bytes, size };
};

const measure = async (head: Buffer): Promise<{ width: number; height: number } | undefined> => {
  const { default: sharp } = await import('sharp');
  const { width, height } = await sharp(head, { failOn: 'none', limitInputPixels: false })
    .metadata()
    .catch(() => ({ width: undefined, height: undefined }));
  return width === undefined || height === undefined ? undefined : { width, height };
};
