import type * as z from 'zod';
import { findUnreachableUrls, shortenName } from './body-texts.ts';
import type { OperationDefinition } from './operation.ts';
import { serviceOf } from './registry.ts';

/** What is wrong with a request, and what its caller should know though it is accepted. */
export interface RequestFindings {
  /** Everything that Adobe would refuse; empty for a valid request. */
  issues: z.core.$ZodIssue[];
  /** Sentences about what Adobe does not document in it; it is passed on unchanged. */
  warnings: string[];
}

const maxWarnings = 20;

/**
 * Checks the body of a request: every field and limit that Adobe documents, and the rules between fields and with the
 * model version.
 *
 * @param modelVersion value of `x-model-version`; without it the operation's default counts
 */
export const checkRequest = (
  operation: OperationDefinition,
  body: unknown,
  modelVersion: string | undefined = operation.models?.default,
): RequestFindings => {
  const issues: z.core.$ZodIssue[] = [];
  const unknownFields: string[] = [];
  for (const issue of operation.body.safeParse(body).error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      unknownFields.push(...issue.keys.map((key) => [...issue.path, key].map(String).join('.')));
    } else {
      issues.push(issue);
    }
  }
  if (isFields(body)) {
    for (const { path, message } of operation.rules?.(body, modelVersion) ?? []) {
      issues.push({ code: 'custom', path, message, input: undefined });
    }
  }
  // What the schema has found at a place says it better.
  const known = new Set(issues.map(({ path }) => JSON.stringify(path)));
  const urls = findUnreachableUrls(operation, serviceOf(operation), body);
  issues.push(...urls.filter(({ path }) => !known.has(JSON.stringify(path))));
  const warnings = [...unknownFields.map(describeUnknownField), ...(operation.warnings?.(body) ?? [])];
  return { issues, warnings: capWarnings(warnings) };
};

/** Fields that go around in articles for being called back. */
const callbackFields = ['notify', 'webhook', 'webhookUrl', 'callback', 'callbackUrl'];

const describeUnknownField = (name: string): string =>
  callbackFields.includes(name)
    ? `Adobe knows no field ${name} and calls nobody back; it is passed on unchanged. POST /webhooks registers a webhook of the gateway.`
    : `Adobe does not document the field ${shortenName(name)}; it is passed on unchanged.`;

const isFields = (body: unknown): body is Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body);

const capWarnings = (warnings: string[]): string[] => {
  const more = warnings.length - maxWarnings;
  return more > 0 ? [...warnings.slice(0, maxWarnings), `So it is with ${more} more.`] : warnings;
};
