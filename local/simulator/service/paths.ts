/**
 * Reads a path by a pattern such as `/v1/status/{jobId}`.
 *
 * @returns the decoded values by their names, or undefined if it does not match
 */
export const matchPath = (pattern: string, path: string): Record<string, string> | undefined => {
  const names = pattern.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? '';
    const [, variable] = /^\{(\w+)\}$/.exec(name) ?? [];
    if (variable === undefined && name !== part) return undefined;
    if (variable === undefined) continue;
    const value = decode(part);
    if (value === undefined || value === '') return undefined;
    values[variable] = value;
  }
  return values;
};

/** The path of a job by a pattern with one variable. */
export const writePath = (pattern: string, jobId: string): string =>
  pattern.replace(/\{\w+\}/, encodeURIComponent(jobId));

const decode = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};
