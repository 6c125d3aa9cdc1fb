import { parseJson } from '#shared/adobe/http/client.ts';
import { findTextsAt } from '#shared/adobe/services/body-fields.ts';
import { findOperation } from '#shared/adobe/services/registry.ts';
import type { Job } from '#shared/jobs/job.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import type { JobEnd } from '#shared/jobs/transitions.ts';
import type { GenerateContext } from './context.ts';

/**
 * The end of a job without the texts of its request that say what is to be made: a service may quote what it refuses, and the
 * event of the end goes where they are not to be seen.
 */
export const hideTexts = async ({ table }: Pick<GenerateContext, 'table'>, job: Job, end: JobEnd): Promise<JobEnd> => {
  const { error, errors } = end;
  if (error === undefined && errors === undefined) return end;
  const { promptFields = [] } = findOperation(job.operation) ?? {};
  const stored = promptFields.length === 0 ? undefined : await readRequest(table, job);
  if (stored === undefined) return end;
  // A request that is no JSON keeps no job from ending.
  const body = parseJson(stored.request);
  const texts = promptFields.flatMap((field) => findTextsAt(body, field));
  const hide = <Said extends { message: string }>(said: Said): Said => ({
    ...said,
    message: withoutTexts(said.message, texts),
  });
  return { ...end, error: error && hide(error), errors: errors?.map(hide) };
};

// What is shorter may be a word of the service's own.
const minLength = 12;

/** A message without texts of a request, whole or from their beginning to the end of a message that was cut. */
export const withoutTexts = (message: string, texts: readonly string[]): string => {
  let hidden = message;
  for (const text of texts.filter(({ length }) => length >= minLength)) {
    hidden = hidden.replaceAll(text, '…');
    const begin = hidden.indexOf(text.slice(0, 32));
    if (begin >= 0) hidden = `${hidden.slice(0, begin)}…`;
  }
  return hidden;
};
