import * as z from 'zod';
import type { Clock } from '../../clock.ts';
import { once } from '../../once.ts';
import { isTimeout, parseJson, sendOnce } from '../http/client.ts';
import { readRetryAfter } from '../http/retry.ts';
import { ImsError, readImsRefusal } from './ims-error.ts';

/** What a token is minted from. */
export interface MintRequest {
  clientId: string;
  clientSecret: string;
  /** Comma-separated (Adobe: IMS v3). */
  scopes: string;
}

/** A token as IMS issued it. */
export interface MintedToken {
  accessToken: string;
  /** Epoch ms. */
  expiresAt: number;
  /** Scopes that IMS refuses to the credential, so that the token was minted without them. */
  refusedScopes?: string[];
}

/** The part of Adobe's identity service that the gateway uses. */
export interface ImsClient {
  /**
   * Mints an access token (Adobe: `POST /ims/token/v3`, grant `client_credentials`), once, without any retry.
   *
   * @throws {ImsError} whose kind says whether another try, another secret or an operator can help
   */
  mint(request: MintRequest): Promise<MintedToken>;
}

const grantSchema = once(() => z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() }));

/** Adobe: v3 answers seconds (86399), older versions milliseconds; no token lives for the 11 days between the two. */
const maxLifetimeSeconds = 1_000_000;

/**
 * Creates a client of Adobe's identity service.
 *
 * @param options.baseUrl origin, such as `https://ims-na1.adobelogin.com`
 * @param options.timeoutMs for one request, answer included
 */
export const createImsClient = (options: { baseUrl: string; clock: Clock; timeoutMs?: number }): ImsClient => {
  const { clock, timeoutMs = 8_000 } = options;
  const url = new URL('/ims/token/v3', options.baseUrl).href;

  const send = async (request: MintRequest) => {
    try {
      return await sendOnce(url, {
        method: 'POST',
        // In the body: a query string would end up in access logs.
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: request.clientId,
          client_secret: request.clientSecret,
          scope: request.scopes,
        }),
        timeoutMs,
      });
    } catch (error) {
      const description = isTimeout(error) ? `no answer within ${timeoutMs} ms` : 'the connection failed';
      // Without its cause: the HTTP client's error holds the request, and with it the secret.
      throw new ImsError({ kind: 'transient', code: 'no_answer', description });
    }
  };

  return {
    mint: async (request) => {
      const askedAt = clock.now();
      const { status, headers, body } = await send(request);
      if (status !== 200) {
        throw readImsRefusal({
          status,
          body,
          requestId: headers.get('x-debug-id') ?? undefined,
          retryAfterMs: readRetryAfter(headers.get('retry-after'), clock.now()),
          clientSecret: request.clientSecret,
        });
      }
      const grant = grantSchema().safeParse(parseJson(body));
      if (!grant.success) {
        throw new ImsError({
          kind: 'transient',
          status,
          requestId: headers.get('x-debug-id') ?? undefined,
          code: 'answer_not_understood',
          description: 'no access token',
        });
      }
      const { access_token: accessToken, expires_in: expiresIn } = grant.data;
      const lifetimeMs = expiresIn > maxLifetimeSeconds ? expiresIn : expiresIn * 1000;
      return { accessToken, expiresAt: askedAt + lifetimeMs };
    },
  };
};
