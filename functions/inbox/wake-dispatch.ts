import type { Parts } from './parts.ts';

/** Has the queue looked at now. The schedule does it within a minute anyway, so a failure is only logged. */
export const wakeDispatch = async ({ invokeDispatch, log }: Parts): Promise<void> => {
  try {
    await invokeDispatch();
  } catch (error) {
    log.warn('Dispatch could not be invoked.', { error: error instanceof Error ? error.name : 'unknown' });
  }
};
