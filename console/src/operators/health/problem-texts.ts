import type { HealthDetails } from '../operator-api.ts';

type Problem = HealthDetails['problems'][number];

/** Why the gateway is degraded, in words. */
export const problemTexts: Readonly<Record<Problem, string>> = {
  token_not_ok: 'There is no valid access token for Adobe: npm run credentials -- --check.',
  token_refresh_failing: 'The access token cannot be refreshed; the reason stands below.',
  service_not_granted: 'A service is on that the credential may not use; what to add stands beside it.',
  rotation_failed: 'The last rotation of the client secret failed; the current one still works.',
  dispatch_failed: 'A part of the last run of dispatch failed; the reason stands below.',
  dispatch_silent: 'Dispatch has not run for five minutes: jobs get no turns.',
  job_set_aside: 'Within a day a job was ended whose record could not be written or read.',
  queue_paused: 'The queue is paused; the page Queue says by whom and what helps.',
  queue_stands_still: 'Jobs wait and permits are free, for five minutes.',
};

/** What the gateway is, in one word. */
export const statusTexts: Readonly<Record<HealthDetails['status'], string>> = {
  ok: 'Everything works',
  degraded: 'Something is wrong',
  not_configured: 'There are no Adobe credentials yet',
};
