import { findMissingScopes } from '../auth/scopes.ts';
import type { AdobeService } from '../services/service.ts';
import type { ServiceAccess } from './service-access.ts';

/** What a credential needs for each service that is on, by its id: scopes, and where to ask whether it is let in. */
export type ServiceNeeds = Readonly<Record<string, { scopes: readonly string[]; url: string }>>;

/** What Adobe gives a credential of a service. */
export interface ServiceGrant {
  missingScopes: string[];
  /** Absent for Firefly, whose own calls show it; `unknown` if the service gave no verdict. */
  access?: 'granted' | 'refused' | 'unknown' | undefined;
  error?: { code: string; message: string } | undefined;
}

/** A generation token, as far as grants follow from it. */
interface GrantedToken {
  accessToken: string;
  clientId: string;
  /** Scopes that IMS refused beforehand. */
  refusedScopes?: readonly string[] | undefined;
}

/**
 * Finds out what Adobe gives a token of each service; nothing is paid for.
 *
 * @param checkAccess may fail, which is no verdict
 */
export const checkGrants = async (
  needs: ServiceNeeds,
  token: GrantedToken,
  checkAccess: (url: string, token: GrantedToken) => Promise<ServiceAccess>,
): Promise<Record<string, ServiceGrant>> => {
  const grants = Object.entries(needs).map(async ([id, { scopes, url }]): Promise<[string, ServiceGrant]> => {
    const missingScopes = findMissingScopes(token, scopes);
    if (id === 'firefly') return [id, { missingScopes }];
    const verdict = await checkAccess(url, token).catch(() => undefined);
    return [id, { missingScopes, ...readVerdict(verdict) }];
  });
  return Object.fromEntries(await Promise.all(grants));
};

const readVerdict = (verdict: ServiceAccess | undefined): Pick<ServiceGrant, 'access' | 'error'> => {
  if (verdict === undefined) return { access: 'unknown' };
  if (verdict.kind === 'accepted') return { access: 'granted' };
  const { code, message } = verdict.error;
  return { access: verdict.kind === 'refused' ? 'refused' : 'unknown', error: { code, message } };
};

/** Whether a service can be used as far as Adobe's answers tell. */
export const isGranted = ({ missingScopes, access }: ServiceGrant): boolean =>
  missingScopes.length === 0 && access !== 'refused';

/**
 * What to do in Adobe's Developer Console so that a service can be used.
 *
 * @returns undefined if nothing is missing
 */
export const adviseOnService = (
  { title, product }: Pick<AdobeService, 'title' | 'product'>,
  grant: ServiceGrant,
): string | undefined => {
  if (isGranted(grant)) return undefined;
  const { missingScopes, access, error } = grant;
  const problems = [
    ...(missingScopes.length > 0 ? [`the token lacks the scopes ${missingScopes.join(', ')}`] : []),
    ...(access === 'refused' ? [`it refuses the token${error ? ` (${error.code}: ${error.message})` : ''}`] : []),
  ];
  const name = product === undefined ? title : `"${product}"`;
  return `${title}: ${problems.join(', and ')}. In the Developer Console, open the project's page and add ${name} to it, with a product profile that includes it; or turn the service off.`;
};
