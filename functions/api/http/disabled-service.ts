import { getPaths, services } from '#shared/adobe/services/registry.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { serviceDisabled } from '#shared/jobs/lanes/lane.ts';
import { ProblemError } from './problem.ts';
import { matchesPath } from './router.ts';

/**
 * The answer to a path that belongs to a service which is off in this deployment: which service it is, and what turns it on.
 *
 * @param enabled the services that are on
 * @returns undefined if no service that is off has the path
 */
export const findDisabled = (enabled: readonly AdobeService[], path: string): ProblemError | undefined => {
  const service = services.find(
    (known) => !enabled.includes(known) && getPaths(known).some((template) => matchesPath(template, path)),
  );
  if (service === undefined) return undefined;
  const { id, title } = service;
  return new ProblemError(
    404,
    serviceDisabled.code,
    `This is a call of ${title}, which is off in this deployment of the gateway: its operators turn it on by naming ${id} in the setting services.`,
  );
};
