import type { BatchLine } from './batch-types.ts';

/** Lines that failed for the same reason. */
export interface ProblemGroup {
  code: string;
  count: number;
  /** The first of them. */
  example: BatchLine;
  /** What a person can do about it. */
  advice: string;
}

/** Puts lines that failed together by the code of their error, the most frequent first. */
export const groupProblems = (lines: readonly BatchLine[]): ProblemGroup[] => {
  const groups = new Map<string, ProblemGroup>();
  for (const line of lines) {
    const code = line.error?.code ?? line.status;
    const group = groups.get(code);
    if (group === undefined) groups.set(code, { code, count: 1, example: line, advice: adviseOn(line, code) });
    else group.count += 1;
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
};

const adviceByCode: Readonly<Record<string, string>> = {
  image_unsafe: 'Adobe does not make this picture: change the prompt, then send these lines again.',
  prompt_unsafe: 'Adobe does not take this prompt: change its words, then send these lines again.',
  submit_outcome_unknown:
    'The answer was lost, and Adobe may have billed it: look whether the picture is needed, then retry.',
  upstream_timeout: 'Adobe took too long: retry.',
};

const adviseOn = ({ status }: BatchLine, code: string): string => {
  const known = adviceByCode[code];
  if (known !== undefined) return known;
  if (status === 'rejected')
    return 'A retry would be rejected again: correct these lines, and send them as a new file.';
  if (status === 'timed_out') return 'Adobe did not finish in time: retry.';
  return 'Retry if it may have been a passing fault; otherwise change these lines and send them as a new file.';
};
