import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';

const { clientId, clientSecret, orgId, credentialId } = simulatedCredentials;

/** The path of the credential's secrets at the I/O Management API. */
export const secretsPath = `/console/organizations/${orgId}/credentials/${credentialId}/secrets`;

/** Calls a simulator as Adobe's clients do; what differs from an ordinary call is given. */
export const clientOf = ({ url }: { url: string }) => {
  const mint = (fields: Record<string, string | undefined> = {}): Promise<Response> => {
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: generationScopes.join(','),
      ...fields,
    };
    const given = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return fetch(`${url}/ims/token/v3`, { method: 'POST', body: new URLSearchParams(given) });
  };

  const token = async (fields: Record<string, string> = {}): Promise<string> => {
    const { access_token } = (await (await mint(fields)).json()) as { access_token: string };
    return access_token;
  };

  const authorized = async (headers: Record<string, string | undefined> = {}): Promise<Record<string, string>> => {
    const all = { authorization: `Bearer ${await token()}`, 'x-api-key': clientId, ...headers };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  };

  return {
    mint,
    token,
    authorized,
    managementToken: () => token({ scope: managementScopes.join(',') }),

    generate: async (body: unknown, headers: Record<string, string | undefined> = {}): Promise<Response> =>
      fetch(`${url}/v3/images/generate-async`, {
        method: 'POST',
        headers: await authorized({ 'content-type': 'application/json', ...headers }),
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),

    get: async (address: string): Promise<Response> => fetch(address, { headers: await authorized() }),
    cancel: async (address: string): Promise<Response> =>
      fetch(address, { method: 'PUT', headers: await authorized() }),

    secrets: async (method: string, uuid = '', headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${url}${secretsPath}${uuid && `/${uuid}`}`, {
        method,
        headers: {
          authorization: `Bearer ${await token({ scope: managementScopes.join(',') })}`,
          'x-api-key': clientId,
          ...headers,
        },
      }),
  };
};

/** The answer to a generation request that was accepted. */
export interface Accepted {
  jobId: string;
  statusUrl: string;
  cancelUrl: string;
}

/** A status body, the parts that tests look at. */
export interface Status {
  status: string;
  jobId: string;
  progress?: number;
  error_code?: string;
  message?: string;
  result?: { size: object; contentClass: string; outputs: { seed: number; image: { url: string } }[] };
}

/** Reads a JSON body whose shape the test states. */
export const jsonOf = async <Body>(response: Response): Promise<Body> => (await response.json()) as Body;
