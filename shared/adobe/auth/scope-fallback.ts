import type { ImsClient, MintedToken, MintRequest } from './ims.ts';
import { ImsError } from './ims-error.ts';
import { splitScopes } from './scopes.ts';

/** IMS refuses the whole request for one scope that the credential lacks (Adobe: `invalid_scope`), or as was seen. */
const scopeRefusals = ['invalid_scope', 'unauthorized_client'];

const isAboutScopes = (error: unknown): error is ImsError =>
  error instanceof ImsError && error.kind === 'configuration' && scopeRefusals.includes(error.code);

/**
 * An IMS client that gets along without the scopes of services that a credential lacks: where IMS refuses all scopes together, it
 * asks again service by service, and keeps what is granted. So a service that is missing in the Developer Console costs
 * the others nothing. Other requests, such as for management tokens, pass unchanged.
 *
 * @param asked comma-separated scopes of a generation token, for which this holds
 * @param groups the scopes of each service; the first service comes first, and without it there is no token
 */
export const withScopeFallback = (
  ims: ImsClient,
  asked: string,
  groups: readonly (readonly string[])[],
): ImsClient => ({
  mint: async (request) => {
    try {
      return await ims.mint(request);
    } catch (error) {
      const parts = splitByGroup(splitScopes(asked), groups);
      if (request.scopes !== asked || parts.length < 2 || !isAboutScopes(error)) throw error;
      return await mintByParts(ims, request, parts, error);
    }
  },
});

const splitByGroup = (asked: readonly string[], groups: readonly (readonly string[])[]): string[][] => {
  const own = groups.map((group) => asked.filter((scope) => group.includes(scope)));
  const rest = asked.filter((scope) => !groups.some((group) => group.includes(scope)));
  return [...own, rest].filter((part) => part.length > 0);
};

const mintByParts = async (
  ims: ImsClient,
  request: MintRequest,
  [first = [], ...others]: readonly (readonly string[])[],
  refusal: ImsError,
): Promise<MintedToken> => {
  let granted = [...first];
  const mint = (scopes: readonly string[]) => ims.mint({ ...request, scopes: scopes.join(',') });
  let token: MintedToken;
  try {
    token = await mint(granted);
  } catch (error) {
    throw isAboutScopes(error) ? refusal : error;
  }
  for (const part of others) {
    const wider = [...new Set([...granted, ...part])];
    if (wider.length === granted.length) continue;
    try {
      token = await mint(wider);
      granted = wider;
    } catch (error) {
      if (!isAboutScopes(error)) throw error;
    }
  }
  return { ...token, refusedScopes: splitScopes(request.scopes).filter((scope) => !granted.includes(scope)) };
};
