import { randomBytes } from 'node:crypto';
import type { WebhookSecret } from './webhook.ts';

// Standard Webhooks: between 24 and 64 bytes.
const secretBytes = 32;

/** How long calls are still signed with a secret after a newer one was made, in ms. */
export const secretOverlapMs = 24 * 3_600_000;

// Each is one more signature in a header; a call that is repeated, as its answer was lost, must not end one that is in use.
const mostSecrets = 3;

/** A new secret as Standard Webhooks writes it. */
export const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

/** The secrets after a new one has come: those before it are valid for a day from when they were replaced. */
export const withNewSecret = (secrets: readonly WebhookSecret[], secret: string, nowMs: number): WebhookSecret[] => {
  const validUntil = new Date(nowMs + secretOverlapMs).toISOString();
  const earlier = validSecrets(secrets, nowMs).map((old) => ({ validUntil, ...old }));
  return [{ secret }, ...earlier].slice(0, mostSecrets);
};

/** The secrets that a call is signed with at a time (epoch ms), newest first. */
export const validSecrets = (secrets: readonly WebhookSecret[], nowMs: number): WebhookSecret[] =>
  secrets.filter(({ validUntil }) => validUntil === undefined || Date.parse(validUntil) > nowMs);
