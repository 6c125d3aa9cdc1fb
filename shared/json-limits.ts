// Far beyond every documented request, far below where recursive code runs out of stack.
const deepestNesting = 32;

/** What makes parsed JSON unfit for a request, as the end of a sentence about it; undefined if nothing does. */
export const jsonProblem = (root: unknown): string | undefined => {
  let level = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepestNesting) return `is nested deeper than ${deepestNesting} levels`;
    // JSON.stringify would silently turn such a number into null on its way to Adobe.
    if (level.some((value) => typeof value === 'number' && !Number.isFinite(value))) {
      return 'holds a number that is out of range';
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return undefined;
};
