import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { ServiceError } from '../service-error.ts';
import type { KnownKeys } from './authentication.ts';

/** A form that a browser or curl sends to store one object. */
export interface PostedForm {
  fields: ReadonlyMap<string, string>;
  /** Size of the file in bytes. */
  bytes: number;
}

const policySchema = z.object({
  expiration: z.iso.datetime(),
  conditions: z.array(
    z.union([
      z.tuple([z.literal('eq'), z.string(), z.string()]),
      z.tuple([z.literal('starts-with'), z.string(), z.string()]),
      z.tuple([z.literal('content-length-range'), z.number(), z.number()]),
      z.record(z.string(), z.string()),
    ]),
  ),
});

const denied = (message: string) => new ServiceError('AccessDenied', message, 403);

/**
 * Takes a form apart.
 *
 * @throws {ServiceError} 400 if it is none or has no file
 */
export const readForm = async (body: Buffer, contentType: string): Promise<PostedForm> => {
  const malformed = new ServiceError('MalformedPOSTRequest', 'The body of your POST request is not well-formed.');
  const response = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  const form = await response.formData().catch(() => {
    throw malformed;
  });
  const file = form.get('file');
  if (!(file instanceof Blob)) throw malformed;
  const fields = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { fields: new Map(fields.map(([name, value]) => [name.toLowerCase(), value])), bytes: file.size };
};

/**
 * Decides whether S3 would take a form: its policy is signed with a known key, has not expired, and everything in the form
 * is as the policy says.
 *
 * @param nowMs epoch ms
 * @throws {ServiceError} 403 if not, 400 for a file of the wrong size
 */
export const checkPolicy = (bucket: string, form: PostedForm, keys: KnownKeys, nowMs: number): void => {
  const field = (name: string): string => form.fields.get(name) ?? '';
  const encoded = field('policy');
  const [accessKeyId = '', day = '', region = '', service = ''] = field('x-amz-credential').split('/');
  const secret = Object.hasOwn(keys, accessKeyId) ? keys[accessKeyId] : undefined;
  if (encoded === '' || secret === undefined) throw denied('Access Denied');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
  const given = Buffer.from(field('x-amz-signature'), 'hex');
  const expected = hmac(key, encoded);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ServiceError('SignatureDoesNotMatch', 'The request signature we calculated does not match.', 403);
  }
  const policy = policySchema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  if (nowMs > Date.parse(policy.expiration)) throw denied('Invalid according to Policy: Policy expired.');
  for (const condition of policy.conditions) checkCondition(condition, bucket, field, form.bytes);
  const named = new Set(policy.conditions.flatMap(namedFields));
  const extra = [...form.fields.keys()].filter((name) => !named.has(name) && !isExempt(name));
  if (extra.length > 0) throw denied(`Invalid according to Policy: Extra input fields: ${extra.join(', ')}`);
};

type Condition = z.output<typeof policySchema>['conditions'][number];

const namedFields = (condition: Condition): string[] => {
  if (!Array.isArray(condition)) return Object.keys(condition).map((name) => name.toLowerCase());
  return condition[0] === 'content-length-range' ? [] : [condition[1].replace(/^\$/, '').toLowerCase()];
};

/** Fields that need no condition (S3, "Creating a POST policy"). */
const isExempt = (name: string): boolean =>
  ['policy', 'file', 'x-amz-signature', 'awsaccesskeyid', 'signature'].includes(name) || name.startsWith('x-ignore-');

const checkCondition = (condition: Condition, bucket: string, field: (name: string) => string, bytes: number): void => {
  const sentFor = (name: string): string => (name === 'bucket' ? bucket : field(name.toLowerCase()));
  const failed = denied(`Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`);
  if (!Array.isArray(condition)) {
    for (const [name, value] of Object.entries(condition)) if (sentFor(name) !== value) throw failed;
    return;
  }
  const [kind, first, second] = condition;
  if (kind === 'content-length-range') {
    if (bytes < first) throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum.');
    if (bytes > second) throw new ServiceError('EntityTooLarge', 'Your proposed upload exceeds the maximum.');
    return;
  }
  const value = sentFor(first.replace(/^\$/, ''));
  if (kind === 'eq' ? value !== second : !value.startsWith(second)) throw failed;
};
