import { findUrls, isDestination, urlFields } from '../adobe/services/body-texts.ts';
import { jobOutputPattern, s3UrlPattern } from '../adobe/services/firefly/image-source.ts';
import { isExactNumber } from '../exact-json.ts';

/** An input that the gateway has to bring to Adobe: an object in S3, or an output of an earlier job. */
export type GatewaySource =
  | { kind: 's3'; bucket: string; key: string }
  | { kind: 'job'; jobId: string; output: number };

/** Each is looked up and read: far more than any operation takes, few enough for one request. */
export const maxGatewaySources = 250;

/** What is said of a request with more. */
export const tooManySources = `a request can name at most ${maxGatewaySources} inputs in S3 or of earlier jobs`;

/** A source somewhere in a request body. */
export interface FoundSource {
  /** Path to the URL inside the body. */
  path: (string | number)[];
  /** As the caller wrote it. */
  url: string;
  source: GatewaySource;
}

const parseSource = (url: string): GatewaySource | undefined => {
  const [, bucket, key] = s3UrlPattern.exec(url) ?? [];
  if (bucket !== undefined && key !== undefined) return { kind: 's3', bucket, key };
  const [, jobId, output] = jobOutputPattern.exec(url) ?? [];
  return jobId === undefined ? undefined : { kind: 'job', jobId, output: Number(output) };
};

/** Every source in a request body that Adobe cannot read itself, wherever it stands. */
export const findGatewaySources = (body: unknown): FoundSource[] =>
  findUrls(body).flatMap(({ path, text: url }) => {
    const source = parseSource(url);
    return source === undefined ? [] : [{ path, url, source }];
  });

/**
 * The request body for Adobe: each source that it could not read is replaced.
 *
 * @param replacements what stands for `url` in the request, by the URL that the caller wrote
 */
export const replaceSources = (
  value: unknown,
  replacements: ReadonlyMap<string, Readonly<Record<string, string>>>,
): unknown => {
  if (Array.isArray(value)) return value.map((item) => replaceSources(item, replacements));
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (isDestination(name)) return [[name, inner]];
      const replacement = urlFields.includes(name) && typeof inner === 'string' ? replacements.get(inner) : undefined;
      if (replacement === undefined) return [[name, replaceSources(inner, replacements)]];
      const { url, ...others } = replacement;
      return url === undefined ? Object.entries(others) : [[name, url], ...Object.entries(others)];
    }),
  );
};
