import { ApiProblem } from '../api/problem.ts';

/**
 * What is wrong with one field of a form that the gateway has refused.
 *
 * @param path inside of the body, such as `url`; what lies deeper is told here too
 */
export const findFieldProblem = (error: unknown, ...path: (string | number)[]): string | undefined => {
  if (!(error instanceof ApiProblem)) return undefined;
  const found = error.fields.filter(({ path: [where, ...rest] }) => {
    return where === 'body' && path.every((step, index) => rest[index] === step);
  });
  return found.length === 0 ? undefined : found.map(({ message }) => message).join(' ');
};

/** Whether everything that is wrong stands at a field of the form. */
export const isTold = (error: unknown, paths: readonly string[]): boolean =>
  error instanceof ApiProblem &&
  error.fields.length > 0 &&
  error.fields.every(({ path: [where, name] }) => where === 'body' && paths.includes(String(name)));
