/** From when to when a signed URL is valid, as its own parameters say. */
export interface UrlValidity {
  /** The parameter that sets the end, such as `X-Amz-Expires`. */
  field: string;
  /** Epoch ms. */
  expiresAt: number;
  /** Start of the validity, in epoch ms, where the URL names one. */
  startsAt?: number;
}

/** Reads one parameter; undefined if it is absent or stands there more than once. */
type ReadParameter = (name: string) => string | undefined;

/** Finds the validity of one kind of signature; undefined if the URL has none of this kind, or one that cannot be read. */
type Reader = (read: ReadParameter) => UrlValidity | undefined;

/**
 * Reads when a presigned URL expires: Amazon S3 (Signature Version 4 and 2), CloudFront (canned and custom policy), Azure SAS and
 * Google Cloud Storage (V4 and V2). A signature is not verified.
 *
 * @returns undefined if the URL does not say, or says it in a way that is not documented: no opinion then
 */
export const readUrlExpiry = (url: string): UrlValidity | undefined => {
  if (!URL.canParse(url)) return undefined;
  const { searchParams } = new URL(url);
  const read: ReadParameter = (name) => {
    const values = searchParams.getAll(name);
    return values.length === 1 ? values[0] : undefined;
  };
  for (const reader of readers) {
    const validity = reader(read);
    if (validity !== undefined) return validity;
  }
  return undefined;
};

// Amazon and Google: a signature of version 4 lives for a week at most.
const maxSignedSeconds = 604_800;

/** `X-<vendor>-Date` and as many seconds as `X-<vendor>-Expires` says. */
const readVersion4 =
  (vendor: 'Amz' | 'Goog'): Reader =>
  (read) => {
    const field = `X-${vendor}-Expires`;
    const startsAt = parseBasicTime(read(`X-${vendor}-Date`));
    const seconds = parseSeconds(read(field));
    if (startsAt === undefined || seconds === undefined || seconds > maxSignedSeconds) return undefined;
    return { field, expiresAt: startsAt + seconds * 1000, startsAt };
  };

/** `Expires` in epoch seconds: S3 and Google with a signature of version 2, and CloudFront with a canned policy. */
const readExpires: Reader = (read) => {
  const signers = ['AWSAccessKeyId', 'GoogleAccessId', 'Key-Pair-Id'];
  const seconds = parseSeconds(read('Expires'));
  if (seconds === undefined || read('Signature') === undefined) return undefined;
  return signers.some((signer) => read(signer) !== undefined) ? build('Expires', seconds * 1000) : undefined;
};

/** CloudFront's custom policy: JSON in a base64 that is safe in URLs. */
const readPolicy: Reader = (read) => {
  const policy = read('Policy');
  if (policy === undefined || read('Key-Pair-Id') === undefined) return undefined;
  // The parser of query strings reads a plus as a space; CloudFront writes a minus for it.
  const text = Buffer.from(policy.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64').toString();
  let condition: unknown;
  try {
    condition = pick(JSON.parse(text), 'Statement', '0', 'Condition');
  } catch {
    return undefined;
  }
  const end = pick(condition, 'DateLessThan', 'AWS:EpochTime');
  const start = pick(condition, 'DateGreaterThan', 'AWS:EpochTime');
  if (typeof end !== 'number') return undefined;
  return build('Policy', end * 1000, typeof start === 'number' ? start * 1000 : undefined);
};

/** Azure: a shared access signature with its end, and perhaps its start. */
const readAzure: Reader = (read) => {
  if (read('sig') === undefined) return undefined;
  const expiresAt = parseAzureTime(read('se'));
  return expiresAt === undefined ? undefined : build('se', expiresAt, parseAzureTime(read('st')));
};

const readers: readonly Reader[] = [readVersion4('Amz'), readVersion4('Goog'), readPolicy, readExpires, readAzure];

// ECMAScript: the time values that a date can have.
const maxTimeMs = 8.64e15;

const build = (field: string, expiresAt: number, startsAt?: number): UrlValidity | undefined => {
  if (!isTime(expiresAt)) return undefined;
  return { field, expiresAt, startsAt: startsAt !== undefined && isTime(startsAt) ? startsAt : undefined };
};

const isTime = (ms: number): boolean => Number.isFinite(ms) && ms >= 0 && ms <= maxTimeMs;

const parseSeconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;

/** ISO 8601, basic: `20260301T093000Z`. */
const parseBasicTime = (text: string | undefined): number | undefined => {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

/** Azure takes `2026-03-01`, `2026-03-01T09:30Z`, `2026-03-01T09:30:00Z` and up to seven digits of a second, always in UTC. */
const parseAzureTime = (text: string | undefined): number | undefined => {
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.\d{1,7})?)?Z)?$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [, day, minute = '00:00', second = '00'] = parts;
  return parseTime(`${day}T${minute}:${second}Z`);
};

/** Epoch ms; undefined for a day or an hour that the calendar does not have, which JavaScript may take for another one. */
const parseTime = (iso: string): number | undefined => {
  const ms = Date.parse(iso);
  if (!Number.isFinite(ms)) return undefined;
  return new Date(ms).toISOString().slice(0, 19) === iso.slice(0, 19) ? ms : undefined;
};

const pick = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name) ? Reflect.get(inner, name) : undefined,
    value,
  );
