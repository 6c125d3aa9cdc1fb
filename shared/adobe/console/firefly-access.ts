import { firefly } from '../services/firefly/service.ts';
import type { AdobeService } from '../services/service.ts';
import { checkServiceAccess, type ServiceAccess } from './service-access.ts';

/** Ids of jobs that do not exist: a service answers 404 to a token that it lets in, and the call costs nothing. */
const absentJob = '00000000-0000-4000-8000-000000000000';
const absentFireflyJob = `urn:ff:jobs:none:${absentJob}`;

/**
 * Where to ask whether a service lets a token in: the status of a job that does not exist, unless the service names another call.
 *
 * @param baseUrl origin of the service's API, such as `https://firefly-api.adobe.io`
 */
export const buildAccessUrl = (
  { id, statusPath, accessPath }: Pick<AdobeService, 'id' | 'statusPath' | 'accessPath'>,
  baseUrl: string,
): string =>
  new URL(accessPath ?? statusPath.replace('{jobId}', id === firefly.id ? absentFireflyJob : absentJob), baseUrl).href;

/**
 * Asks Firefly whether it lets a token in.
 *
 * @param options.baseUrl origin of its API
 */
export const checkFireflyAccess = ({
  baseUrl,
  ...rest
}: {
  baseUrl: string;
  token: { accessToken: string; clientId: string };
  timeoutMs: number;
}): Promise<ServiceAccess> => checkServiceAccess({ ...rest, url: buildAccessUrl(firefly, baseUrl) });
