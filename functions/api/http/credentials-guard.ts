import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import { serviceDisabled } from '#shared/jobs/lanes/lane.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from './problem.ts';

/**
 * Refuses what goes to a service that is off in this deployment: no queue of it exists.
 *
 * @param lane the lane that it would use
 * @throws {ProblemError} 403
 */
export const requireService = ({ lanes }: Pick<ApiContext, 'lanes'>, lane: string): void => {
  if (!lanes.has(lane)) throw new ProblemError(403, serviceDisabled.code, serviceDisabled.message);
};

/**
 * Refuses new jobs while the gateway has no Adobe credentials. A token that was there once is enough: if it has expired since,
 * it is renewed long before a job's turn comes.
 *
 * @throws {ProblemError} 503 with what to do
 */
export const createRequireCredentials = ({ token, log }: Pick<ApiContext, 'token' | 'log'>): (() => Promise<void>) => {
  let configured = false;
  return async () => {
    if (configured) return;
    try {
      await token.read();
      configured = true;
    } catch (error) {
      if (error instanceof NotConfiguredError) {
        throw new ProblemError(
          503,
          'not_configured',
          'This gateway has no Adobe access token: its Adobe credentials have not been set yet, or Adobe has refused them. ' +
            'Set them with `npm run credentials`; GET /health tells more.',
          { headers: { 'retry-after': '60' } },
        );
      }
      log.error('The access token could not be read.', { error: error instanceof Error ? error.name : 'unknown' });
      throw new ProblemError(
        503,
        'service_unavailable',
        'The state of the Adobe credentials cannot be read just now.',
        {
          headers: { 'retry-after': '5' },
        },
      );
    }
  };
};
