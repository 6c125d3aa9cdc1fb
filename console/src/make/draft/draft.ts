import { keep, readKept, type TabStorage } from '../../ui/kept.ts';
import { type Body, isObject } from '../form/body.ts';

/** What somebody has typed and not yet sent, or sent and may send once more. */
export interface Draft {
  body: Body;
  /** Headers that are no secrets. */
  headers: Readonly<Record<string, string>>;
  /** The text of the body while it is no JSON. */
  brokenText?: string;
  /** The request that was last sent, by which the same one sent again is the same job. */
  sent?: SentRequest;
}

/** A request that may have arrived. */
export interface SentRequest {
  idempotencyKey: string;
  /** What was sent: another request needs another key. */
  content: string;
  /** Epoch ms. */
  at: number;
  /** Whether the gateway has answered that it has it. */
  isAccepted: boolean;
}

const prefix = 'make/draft/';

/** Reads a draft; one that cannot be read is as if there were none. */
export const loadDraft = (storage: TabStorage, key: string): Draft | undefined => {
  const draft = readKept(storage, prefix + key);
  return isDraft(draft) ? draft : undefined;
};

/** Keeps a draft, if the storage has room. */
export const saveDraft = (storage: TabStorage, key: string, draft: Draft): boolean =>
  keep(storage, prefix + key, draft);

/** Forgets a draft. */
export const dropDraft = (storage: TabStorage, key: string): void => storage.removeItem(prefix + key);

const isDraft = (value: unknown): value is Draft =>
  isObject(value) && isObject(value['body']) && isObject(value['headers']);

// The second click of a double click comes within this time, when the first may have been answered already.
const doubleClickMs = 1_500;

/**
 * The request to send now. The same content has the key of the attempt before as long as its answer is out, and for a moment
 * afterwards: what is then sent again is meant to be another job.
 *
 * @param createKey makes a new idempotency key
 */
export const nextRequest = (
  { sent }: Pick<Draft, 'sent'>,
  content: string,
  { now, createKey }: { now: number; createKey(): string },
): SentRequest => {
  const isSame = sent !== undefined && sent.content === content && (!sent.isAccepted || now - sent.at < doubleClickMs);
  return isSame ? sent : { idempotencyKey: createKey(), content, at: now, isAccepted: false };
};
