import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { once } from '../once.ts';

/** A caller may hold two secrets, so that it can change from one to the other without a pause. */
export const maxCallerSecrets = 2;

const storedSecret = once(() =>
  z.object({
    secretId: z.string(),
    /** SHA-256 of the secret, in hex. A secret is 32 random bytes, so that a slow hash would protect nothing more. */
    hash: z.string(),
    createdAt: z.string(),
  }),
);

/** What is stored of a caller's secret: never the secret. */
export type StoredSecret = z.output<ReturnType<typeof storedSecret>>;

/** What the table holds of a caller. Times are ISO strings. */
export const callerSchema = once(() =>
  z.object({
    /** The client id; all that the caller has is stored under it. */
    callerId: z.string(),
    /** For people; it may change. */
    name: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
    disabled: z.boolean(),
    /** Whether it may use the operators' routes. */
    operator: z.boolean(),
    /** Newest first. */
    secrets: z.array(storedSecret()),
    /** Tokens issued before are refused. */
    tokensNotBefore: z.string().optional(),
    /** Rises with each change. */
    revision: z.number(),
  }),
);

/** A program that calls the gateway with an id and a secret of its own. */
export type Caller = z.output<ReturnType<typeof callerSchema>>;

/** The name of a caller, as people write it. */
export const callerNameSchema = once(() =>
  z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^\P{C}+$/u, 'must not contain control characters'),
);

const callerIdPattern = /^fgw_[0-9a-f]{24}$/;

/** Makes the id of a new caller. */
export const createCallerId = (): string => `fgw_${randomBytes(12).toString('hex')}`;

/** Whether a text can be the id of a caller, before any store sees it. */
export const isCallerId = (text: string): boolean => callerIdPattern.test(text);

/** The longest name by which jobs bear their caller, percent-encoded: with a label of full length it still fits into a key of usage. */
export const maxCallerLength = 330;

/**
 * Whether jobs can bear a text as their caller, in every auth mode. Keys of tables and of S3 are UTF-8, which cannot hold half of
 * a surrogate pair: two such names would become one.
 */
export const fitsKeys = (caller: string): boolean =>
  caller.isWellFormed() && encodeURIComponent(caller).length <= maxCallerLength;
