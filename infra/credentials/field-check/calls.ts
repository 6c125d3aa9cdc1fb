import { type Account, describeAnswer, usualSize } from './account.ts';
import type { Note } from './findings.ts';
import type { FirstImage } from './generation.ts';

// Adobe's own; the gateway keeps it whatever becomes of it there.
const syncPath = '/v3/images/generate';

/** Names of headers in which limits are told. */
const rateHeader = /rate-?limit|retry-after|quota/i;

/** Whether an accepted request says anything about the rate limit; free. */
export const probeRateHeaders = async (_account: Account, note: Note, { job }: FirstImage): Promise<void> => {
  const names = [...job.headers.keys()].filter((name) => rateHeader.test(name));
  note('rate-headers', names.length === 0, names.length === 0 ? 'None.' : `Headers: ${names.join(', ')}.`);
};

/** Whether the synchronous calls, whose pages are gone, still answer; one paid operation if they do. */
export const probeSynchronousCalls = async (account: Account, note: Note): Promise<void> => {
  const body = { prompt: 'a lighthouse at noon', seeds: [20_262], size: usualSize };
  const answer = await account.send(syncPath, body);
  const isGone = answer.status === 404 || answer.status === 405 || answer.status === 410;
  note(
    'synchronous-calls',
    isGone ? 'as_documented' : answer.status < 300 ? 'differs' : 'unknown',
    `Answered with ${describeAnswer(answer)}.`,
  );
};
