import type { StoredAccessToken } from '#shared/adobe/auth/stored-credentials.ts';
import type { ServiceAccess } from '#shared/adobe/console/service-access.ts';
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
  context: TokenRefreshContext,
  token: StoredAccessToken | undefined,
  checkedAt: string,
): Promise<Record<string, ServiceAccessStatus>> => {
  const { serviceAccess, log, recordMetric } = context;
  const checked = await Promise.all(
    Object.entries(serviceAccess).map(async ([id, { scopes, url }]): Promise<[string, ServiceAccessStatus]> => {
      const missingScopes = scopes.filter((scope) => token?.missingScopes?.includes(scope));
      return [id, { missingScopes, ...(await askService(context, id, url, token)), checkedAt }];
    }),
  );
  const lacking = checked.filter(([, { missingScopes, access }]) => missingScopes.length > 0 || access === 'refused');
  recordMetric(metricNames.servicesNotGranted, lacking.length);
  for (const [service, { missingScopes, access, error }] of lacking) {
    log.warn('Adobe does not give the credential all of a service that is on.', {
      adobeService: service,
      missingScopes,
      access,
      code: error?.code,
    });
  }
  return Object.fromEntries(checked);
};

const askService = async (
  { checkAccess, log }: TokenRefreshContext,
  id: string,
  url: string,
  token: StoredAccessToken | undefined,
): Promise<Pick<ServiceAccessStatus, 'access' | 'error'>> => {
  // Firefly's own calls and the rotation show that by themselves.
  if (id === 'firefly' || token === undefined) return {};
  try {
    return readVerdict(await checkAccess(url, token));
  } catch (error) {
    log.warn('A service could not be asked whether it lets the token in.', { adobeService: id, error: String(error) });
    return { access: 'unknown' };
  }
};

const readVerdict = (verdict: ServiceAccess): Pick<ServiceAccessStatus, 'access' | 'error'> => {
  if (verdict.kind === 'accepted') return { access: 'granted' };
  const { code, message } = verdict.error;
  return { access: verdict.kind === 'refused' ? 'refused' : 'unknown', error: { code, message } };
};
