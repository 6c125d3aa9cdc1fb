import type { Lambda } from './lambda/start-lambda.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';
import type { SecretsManagerServer } from './secrets-manager/server.ts';
import { stackNames } from './stack-settings.ts';

const minuteMs = 60_000;

/**
 * Starts what EventBridge Scheduler and Secrets Manager do by the clock in AWS: dispatch every minute, the token refresh
 * every hour, the daily care for the client secret, and its rotation when it is due.
 *
 * @param onError receives the name of what failed and why
 */
export const startSchedules = (
  lambda: Lambda,
  secretsManager: SecretsManagerServer,
  onError: (name: string, error: unknown) => void,
): Scheduler => {
  const { dispatch, tokenRefresh, secretRotation } = stackNames.functions;
  const invoke = (name: string, everyMs: number, payload: unknown) => ({
    name,
    everyMs,
    run: () => lambda.invoke(name, payload),
  });
  return startScheduler(
    [
      invoke(dispatch, minuteMs, {}),
      invoke(tokenRefresh, 60 * minuteMs, {}),
      invoke(secretRotation, 24 * 60 * minuteMs, { action: 'daily' }),
      { name: 'rotation schedule', everyMs: minuteMs, run: async () => secretsManager.rotateDue() },
    ],
    { onError },
  );
};
