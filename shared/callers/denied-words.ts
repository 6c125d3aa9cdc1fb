import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { findTextsAt } from '../adobe/services/body-fields.ts';
import type { OperationDefinition } from '../adobe/services/operation.ts';
import type { CallerPolicy } from '../caller-policy.ts';
import type { Clock } from '../clock.ts';
import { prefixes } from '../deployment/bucket.ts';
import type { Log } from '../observability.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import { type HasListedWord, parseWordList } from './word-list.ts';

// As long as a policy is believed.
const maxListAgeMs = 60_000;
const maxListBytes = 1_000_000;

/** What lists are read with. */
export interface WordListSource {
  s3: Pick<S3Client, 'send'>;
  /** The gateway's own bucket, of which only `policies/` is read, and those of the setting `inputBuckets`. */
  buckets: { own: string; shared: readonly string[] };
  clock: Clock;
  log: Pick<Log, 'error'>;
}

/** Finds out whether a text has a word of the list that the rule `deniedWords` names. */
export type ReadDeniedWords = (rule: string) => Promise<HasListedWord>;

interface KnownList {
  etag: string | undefined;
  readAt: number;
  has: HasListedWord;
}

/**
 * Reads lists of words from S3 and remembers them for a minute; after that S3 is asked whether the list has changed.
 *
 * @returns reads a list
 * @throws {PolicyRefusal} 503 `policy_unreadable` if it cannot be read: nothing passes that nobody has checked
 */
export const createDeniedWords = (source: WordListSource): ReadDeniedWords => {
  const known = new Map<string, KnownList>();
  return async (rule) => {
    const before = known.get(rule);
    const now = source.clock.now();
    if (before !== undefined && now - before.readAt < maxListAgeMs) return before.has;
    try {
      const list = await readList(source, rule, before);
      known.set(rule, list);
      return list.has;
    } catch (error) {
      const { name } = error instanceof Error ? error : new TypeError();
      source.log.error('The list of a policy cannot be read: requests under it are refused.', {
        list: rule,
        error: name,
      });
      const message =
        'The gateway cannot read a policy that your requests are checked by (rule deniedWords). Try again later.';
      throw new PolicyRefusal('deniedWords', message, {
        code: 'policy_unreadable',
        status: 503,
        retryAt: now + maxListAgeMs,
      });
    }
  };
};

const readList = async (
  { s3, buckets, clock }: WordListSource,
  rule: string,
  before: KnownList | undefined,
): Promise<KnownList> => {
  const [, bucket = buckets.own, key = rule] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(rule) ?? [];
  const isAllowed = bucket === buckets.own ? key.startsWith(prefixes.policies) : buckets.shared.includes(bucket);
  if (!isAllowed) throw new RangeError();
  const readAt = clock.now();
  try {
    const {
      Body,
      ETag,
      ContentLength = 0,
    } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: before?.etag }));
    if (ContentLength > maxListBytes || Body === undefined) throw new RangeError();
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await Body.transformToByteArray());
    return { etag: ETag, readAt, has: parseWordList(text) };
  } catch (error) {
    const isUnchanged = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 304;
    if (isUnchanged && before !== undefined) return { ...before, readAt };
    throw error;
  }
};

/**
 * Checks the fields of a request that say what is to be generated.
 *
 * @throws {PolicyRefusal} 422 `denied_word`, naming the field and not the word
 */
export const checkWords = (
  { promptFields = [] }: Pick<OperationDefinition, 'promptFields'>,
  body: Readonly<Record<string, unknown>>,
  has: HasListedWord,
): void => {
  for (const field of promptFields) {
    if (!findTextsAt(body, field).some(has)) continue;
    const message = `The field ${field} has a word that your policy does not allow (rule deniedWords).`;
    throw new PolicyRefusal('deniedWords', message, { code: 'denied_word', status: 422, field });
  }
};

const allowAll: HasListedWord = () => false;

/** The list of a policy; without the rule no word is denied. */
export const readPolicyWords = async (
  readDeniedWords: ReadDeniedWords,
  { deniedWords }: Pick<CallerPolicy, 'deniedWords'>,
): Promise<HasListedWord> => (deniedWords === undefined ? allowAll : readDeniedWords(deniedWords));
