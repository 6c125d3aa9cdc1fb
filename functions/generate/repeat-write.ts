import { isOfRecord } from '#shared/jobs/set-aside.ts';
import type { GenerateContext } from './context.ts';

// About half a minute in all: the record counts as abandoned five minutes after the fence.
const delaysMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Writes down what is known of a paid request, again if that fails: the submit itself is never repeated, and without its answer in
 * the table the job would end as unknown. Every write in it must be conditional.
 *
 * @throws what the last try threw
 */
export const repeatWrite = async <Written>(
  { log, sleep }: Pick<GenerateContext, 'log' | 'sleep'>,
  write: () => Promise<Written>,
): Promise<Written> => {
  for (const delayMs of delaysMs) {
    try {
      return await write();
    } catch (error) {
      if (isOfRecord(error)) throw error;
      log.warn('The outcome of a submit could not be written down yet.', { error: String(error), delayMs });
      await sleep(delayMs);
    }
  }
  return write();
};
