import type * as z from 'zod';
import { unknownPresets } from './firefly/style-presets.ts';
import type { OperationDefinition } from './operation.ts';

/** What is wrong with a request, and what its caller should know though it is accepted. */
export interface RequestFindings {
  /** Everything that Adobe would refuse; empty for a valid request. */
  issues: z.core.$ZodIssue[];
  /** Sentences about what Adobe does not document in it; it is passed on unchanged. */
  warnings: string[];
}

const mostWarnings = 20;
const longestName = 200;

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
  return { issues, warnings: warningsOf(unknownFields, unknownPresets(body)) };
};

const isFields = (body: unknown): body is Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body);

const warningsOf = (fields: readonly string[], presets: readonly string[]): string[] => {
  const all = [
    ...fields.map((name) => `Adobe does not document the field ${printed(name)}; it is passed on unchanged.`),
    ...presets.map((name) => `Adobe does not list the style preset ${printed(name)}; it is passed on unchanged.`),
  ];
  const more = all.length - mostWarnings;
  return more > 0 ? [...all.slice(0, mostWarnings), `So it is with ${more} more.`] : all;
};

const printed = (name: string): string => name.toWellFormed().slice(0, longestName);
