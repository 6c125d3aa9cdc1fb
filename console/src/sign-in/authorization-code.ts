import * as oauth from 'oauth4webapi';
import type { ConsoleConfig } from '#functions/api/console/config.ts';
import type { IssuedToken } from '../api/session.ts';
import { signInChannel } from './signed-in-channel.ts';

/**
 * Gets a token by the authorization code flow with PKCE (RFC 6749, RFC 7636, RFC 9700). The verifier never leaves this page: the
 * window only hands back what stands in its address, and a code without the verifier is worth nothing.
 *
 * @param popup a window that was opened by a click
 * @throws {Error} with a sentence for the person
 */
export const signInAtIssuer = async (
  config: ConsoleConfig,
  popup: Window | null,
  signal: AbortSignal,
): Promise<IssuedToken> => {
  if (popup === null)
    throw new Error('The browser did not open the window. Allow windows of this page, then try again.');
  const { issuer = '', clientId = '', scopes = [] } = config;
  const url = new URL(issuer);
  // On loopback, where tests and developers have their issuers, there is nobody to listen.
  const isLoopback = url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  const http = { signal, [oauth.allowInsecureRequests]: isLoopback };
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, http));
  const client: oauth.Client = { client_id: clientId };
  const redirectUri = `${location.origin}/console/signed-in`;
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  if (server.authorization_endpoint === undefined) throw new Error('The issuer has no page to sign in.');
  const address = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: ['openid', ...scopes].join(' '),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  const answered = waitForAnswer(state, signal);
  popup.location.href = address.href;
  const answer = await answered;
  const description = answer.get('error_description') ?? answer.get('error');
  if (description !== null) throw new Error(`The issuer did not sign you in: ${description}`);
  const checked = oauth.validateAuthResponse(server, client, answer, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    checked,
    redirectUri,
    verifier,
    http,
  );
  const { access_token: token, expires_in: expiresInSeconds } = await oauth.processAuthorizationCodeResponse(
    server,
    client,
    response,
  );
  return { token, expiresInSeconds, isKept: false };
};

/** The parameters that the window came back with; those of another attempt are not for this page. */
const waitForAnswer = (state: string, signal: AbortSignal): Promise<URLSearchParams> =>
  new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(signInChannel);
    const end = () => channel.close();
    signal.addEventListener('abort', () => {
      end();
      reject(new Error('Given up.'));
    });
    channel.addEventListener('message', ({ data }) => {
      const parameters = new URLSearchParams(typeof data === 'string' ? data : '');
      if (parameters.get('state') !== state) return;
      end();
      resolve(parameters);
    });
  });
