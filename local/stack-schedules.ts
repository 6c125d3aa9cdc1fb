import { Cron } from 'croner';
import * as z from 'zod';
import { dailyRunHour } from '#shared/deployment/rotation-schedule.ts';
import { memoryState, type State } from './data/state.ts';
import type { SecretsManagerServer } from './secrets-manager/server.ts';
import type { Invokers } from './stack-invokers.ts';
import { stackNames } from './stack-settings.ts';

const everyMinute = '* * * * *';
const everyHour = '0 * * * *';
const everyDay = `0 ${dailyRunHour} * * *`;

/** The running schedules of a stack. */
export interface Schedules {
  /** Starts nothing more; a run that is under way is left to finish, and its error is still reported. */
  close(): Promise<void>;
}

/** What schedules of a stack with a data folder do beside. */
export interface SchedulesOptions {
  /** Keeps when each ran last: what was missed while the stack was down runs once at its start. */
  state?: State | undefined;
  /** Deletes what has expired. */
  expire?: (() => Promise<void>) | undefined;
}

/**
 * Starts what EventBridge Scheduler and Secrets Manager do by the clock in AWS: dispatch every minute, the token refresh
 * every hour, the daily care for the client secret, and its rotation when it is due. What still runs skips its turn, and an
 * error of one run does not stop the next.
 *
 * @param run runs a function as its schedule
 * @param onError receives the name of what failed and why
 */
export const startSchedules = (
  run: Invokers['runSchedule'],
  secretsManager: Pick<SecretsManagerServer, 'rotateDue'>,
  onError: (name: string, error: unknown) => void,
  { state = memoryState, expire }: SchedulesOptions = {},
): Schedules => {
  const lastRuns = state.read('schedule', z.number());
  const { dispatch, 'token-refresh': tokenRefresh, 'secret-rotation': secretRotation } = stackNames.functions;
  const repeat = (name: string, pattern: string, run: () => unknown) => {
    const job = new Cron(
      pattern,
      { timezone: 'UTC', protect: true, unref: true, catch: (error) => onError(name, error) },
      async () => {
        await run();
        state.write({ kind: 'schedule', id: name, value: Date.now() });
      },
    );
    const lastRun = lastRuns.get(name);
    const missed = lastRun === undefined ? undefined : job.nextRun(new Date(lastRun));
    // However many it missed, one run makes up for them. A clock that was set back says nothing about them.
    if (lastRun !== undefined && (lastRun > Date.now() || (missed && missed.getTime() <= Date.now())))
      void job.trigger();
    return job;
  };
  const jobs = [
    repeat(dispatch, everyMinute, () => run('dispatch', { scheduled: true })),
    repeat(tokenRefresh, everyHour, () => run('token-refresh', {})),
    repeat(secretRotation, everyDay, () => run('secret-rotation', { action: 'daily' })),
    repeat('rotation schedule', everyMinute, () => secretsManager.rotateDue()),
    ...(expire ? [repeat('time to live', everyHour, expire)] : []),
  ];
  return {
    close: async () => {
      for (const job of jobs) job.stop();
    },
  };
};
