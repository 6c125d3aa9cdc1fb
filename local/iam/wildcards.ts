/** Whether a text matches a pattern of IAM. */
export type Matcher = (text: string) => boolean;

/** Compiles a pattern of IAM: `*` stands for any characters, slashes and none included, `?` for exactly one. */
export const compilePattern = (pattern: string): Matcher => {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  if (/^[^*?]*\*$/.test(pattern)) {
    const start = pattern.slice(0, -1);
    return (text) => text.startsWith(start);
  }
  return (text) => matchWildcards(pattern, text);
};

/** Goes back to the last star only, so that no pattern takes longer than both lengths multiplied. */
const matchWildcards = (pattern: string, text: string): boolean => {
  let [at, position] = [0, 0];
  let [star, resume] = [-1, 0];
  while (position < text.length) {
    const sign = pattern[at];
    if (sign === '*') {
      star = at;
      resume = position;
      at += 1;
    } else if (sign !== undefined && (sign === '?' || sign === text[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      position = resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
};

/** Compiles a pattern for an ARN: a wildcard of one of its first five parts never reaches into the next. */
export const compileArnPattern = (pattern: string): Matcher => {
  if (pattern === '*') return () => true;
  const matchers = splitArn(pattern).map(compilePattern);
  return (text) => {
    const values = splitArn(text);
    return values.length === matchers.length && matchers.every((matches, index) => matches(values[index] ?? ''));
  };
};

/** The five parts that colons end, and the rest. */
const splitArn = (arn: string): string[] => {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
};
