import { createHash } from 'node:crypto';
import * as z from 'zod';
import { once } from '../once.ts';

/** How the outputs of a job are called. */
export const outputNameSchema = once(() =>
  z.object({
    /** Without an extension; safe as a part of a key, and of no other job in its folder. */
    name: z.string(),
    /** How many outputs the request asks for: of several each has its number, from 1. */
    count: z.number(),
    /** The folder that they share with those of other jobs; the job's own if absent. */
    folder: z.string().optional(),
  }),
);

export type OutputName = z.output<ReturnType<typeof outputNameSchema>>;

// S3 takes 1,024 bytes, file systems 255; numbers and an extension follow.
const maxNameBytes = 200;
const maxTextLength = 2_000;

const fileExtension = /\.(?:jpe?g|png|webp|tiff?|jxl|gif|avif|mp4|mov|psd|dng)$/i;

// Windows takes these for devices, whatever their extension; job.json describes a job.
const reservedNames = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|job)$/i;

/**
 * Makes a text a name that S3, URLs, shells and all file systems take: letters, marks and digits of any script, hyphens and
 * underscores, in NFC, at most 200 bytes of UTF-8. Everything else becomes a hyphen, dots too, so that the extension is what
 * follows the only dot. A safe name stays as it is.
 *
 * @returns undefined if there is no letter or digit in it
 */
export const toSafeName = (text: string): string | undefined => {
  const plain = text
    .slice(0, maxTextLength)
    .normalize('NFC')
    .trim()
    .replace(fileExtension, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}_]+/gu, '-')
    .replace(/^[\p{M}-]+/u, '');
  const name = cutBytes(plain, maxNameBytes).replace(/-+$/, '').normalize('NFC');
  if (!/[\p{L}\p{N}]/u.test(name)) return undefined;
  return reservedNames.test(name) ? `${name}_` : name;
};

/** As many whole characters as fit. */
const cutBytes = (text: string, maxBytes: number): string => {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let length = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    length += character.length;
  }
  return text.slice(0, length);
};

/** Gives out names that no two jobs of a folder share, in the order in which it is asked. */
export interface NameClaims {
  /**
   * Claims a name and those of its outputs.
   *
   * @param count how many outputs the job asks for
   * @returns the name, or the first of `name-2`, `name-3` ... of which nothing is taken
   */
  claim(name: string, count: number): string;
}

/**
 * Claims of one folder. Capitals do not matter, as on some file systems they do not; the names themselves are not kept, so that a
 * hundred thousand of them take little memory.
 */
export const createNameClaims = (): NameClaims => {
  const taken = new Set<number>();
  const nextSuffix = new Map<number, number>();
  return {
    claim: (name, count) => {
      const known = hashName(name);
      for (let suffix = nextSuffix.get(known) ?? 1; ; suffix += 1) {
        const candidate = suffix === 1 ? name : `${name}-${suffix}`;
        const numbered = count === 1 ? [] : Array.from({ length: count }, (_, index) => `${candidate}-${index + 1}`);
        const hashes = [candidate, ...numbered].map(hashName);
        if (hashes.some((hash) => taken.has(hash))) continue;
        for (const hash of hashes) taken.add(hash);
        nextSuffix.set(known, suffix + 1);
        return candidate;
      }
    },
  };
};

/** 48 bits: two names that share them by chance get a number that they did not need. */
const hashName = (name: string): number =>
  createHash('sha256').update(name.toLowerCase().normalize('NFC')).digest().readUIntBE(0, 6);
