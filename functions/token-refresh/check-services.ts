import type { StoredAccessToken } from '#shared/adobe/auth/stored-credentials.ts';
import { checkGrants, isGranted } from '#shared/adobe/console/service-grants.ts';
import type { ServiceAccessStatus } from '#shared/aws/status-items.ts';
import { metricNames } from '#shared/metrics.ts';
import type { TokenRefreshContext } from './context.ts';

/**
 * Finds out what Adobe gives a new token of each service that is on, and reports it to log and metric. A service that
 * is missing is no failure of the run: the token serves the others.
 *
 * @param checkedAt ISO
 */
export const checkServices = async (
  { serviceAccess, checkAccess, log, recordMetric }: TokenRefreshContext,
  { accessToken, clientId, missingScopes }: StoredAccessToken,
  checkedAt: string,
): Promise<Record<string, ServiceAccessStatus>> => {
  const token = { accessToken, clientId, refusedScopes: missingScopes };
  const grants = Object.entries(await checkGrants(serviceAccess, token, checkAccess));
  const lacking = grants.filter(([, grant]) => !isGranted(grant));
  recordMetric(metricNames.servicesNotGranted, lacking.length);
  for (const [adobeService, { missingScopes: missing, access, error }] of lacking) {
    const fields = { adobeService, missingScopes: missing, access, code: error?.code };
    log.warn('Adobe does not give the credential all of a service that is on.', fields);
  }
  return Object.fromEntries(grants.map(([id, grant]) => [id, { ...grant, checkedAt }]));
};
