import * as z from 'zod';
import { once } from '../../once.ts';
import { type Answer, isTimeout, parseJson, sendOnce } from '../http/client.ts';
import { readAdobeError } from '../http/errors.ts';
import { readRetryAfter } from '../http/retry.ts';
import { classifyFailure, IoManagementError } from './io-management-error.ts';

/** Adobe: a credential has at most two client secrets. */
export const maxClientSecrets = 2;

/** A client secret as Adobe lists it: without its value. */
export interface ListedSecret {
  uuid: string;
  /** Epoch ms. */
  createdAt: number;
  /** Epoch ms; undefined until first use. How soon Adobe shows a use is not documented. */
  lastUsedAt?: number;
}

/** The client secrets of the credential, with the time on Adobe's clock. */
export interface SecretList {
  clientId: string;
  secrets: ListedSecret[];
  /** Adobe's `Date` header, epoch ms; whole seconds. */
  date?: number;
}

/** A client secret just made; the only answer in which Adobe shows its value. */
export interface AddedSecret {
  uuid: string;
  clientSecret: string;
  /** Epoch ms. */
  createdAt: number;
}

/** The client secrets of one credential (Adobe: I/O Management API). Nothing is retried; all throw IoManagementError. */
export interface IoManagementClient {
  list(): Promise<SecretList>;
  /** Not idempotent: a failure with `outcomeUnknown` may have made a secret whose value is lost. */
  add(): Promise<AddedSecret>;
  /**
   * Deletes a client secret for good; tokens minted with it seem to live on (Adobe does not say).
   *
   * @returns false if Adobe does not know the secret (any more)
   */
  delete(uuid: string): Promise<boolean>;
}

/** What one client is made for. */
export interface IoManagementOptions {
  /** Origin, such as `https://api.adobe.io`. */
  baseUrl: string;
  /** Numeric console organization (Adobe). */
  orgId: string;
  credentialId: string;
  clientId: string;
  /** With the scopes `read_client_secret` and `manage_client_secrets`. */
  accessToken: string;
  /** For one request, answer included. */
  timeoutMs: number;
}

const epochMs = once(() => z.coerce.number().int().nonnegative());

const listedSecret = once(() =>
  z
    .object({
      uuid: z.string().min(1),
      created_at: epochMs(),
      secret_usages: z.array(z.object({ last_used_at: epochMs().nullish() })).nullish(),
    })
    .transform(({ uuid, created_at: createdAt, secret_usages: usages }): ListedSecret => {
      const uses = (usages ?? []).flatMap(({ last_used_at: lastUsedAt }) => lastUsedAt ?? []);
      return { uuid, createdAt, lastUsedAt: uses.length === 0 ? undefined : Math.max(...uses) };
    }),
);

const listSchema = once(() => z.object({ client_id: z.string(), client_secrets: z.array(listedSecret()) }));
const addedSchema = once(() =>
  z.object({ uuid: z.string().min(1), client_secret: z.string().min(1), created_at: epochMs() }),
);

const readRequestId = (headers: Headers): string | undefined =>
  headers.get('x-request-id') ?? headers.get('x-debug-id') ?? undefined;

/** Creates a client for one credential and one management token. */
export const createIoManagementClient = (options: IoManagementOptions): IoManagementClient => {
  const { orgId, credentialId, clientId, accessToken, timeoutMs } = options;
  const path = `/console/organizations/${encodeURIComponent(orgId)}/credentials/${encodeURIComponent(credentialId)}`;
  const secretsUrl = new URL(`${path}/secrets`, options.baseUrl).href;

  const call = async (operation: string, method: 'GET' | 'POST' | 'DELETE', url: string) => {
    try {
      return await sendOnce(url, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'x-api-key': clientId, accept: 'application/json' },
        timeoutMs,
      });
    } catch (error) {
      const message = isTimeout(error) ? `no answer within ${timeoutMs} ms` : 'the connection failed';
      // Without its cause: the HTTP client's error holds the request, and with it the token.
      throw new IoManagementError({ kind: 'no_answer', operation, code: 'no_answer', message });
    }
  };

  const buildFailure = (operation: string, { status, headers, body }: Answer) =>
    new IoManagementError({
      ...readAdobeError(status, body),
      kind: classifyFailure(status),
      operation,
      requestId: readRequestId(headers),
      retryAfterMs: readRetryAfter(headers.get('retry-after'), Date.now()),
    });

  const parse = <Schema extends z.ZodType>(schema: Schema, operation: string, { status, headers, body }: Answer) => {
    const parsed = schema.safeParse(parseJson(body));
    if (parsed.success) return parsed.data;
    const fields = parsed.error.issues.map(({ path: field }) => field.join('.')).join(', ');
    throw new IoManagementError({
      kind: 'answer_not_understood',
      operation,
      status,
      code: 'answer_not_understood',
      message: `the answer lacks ${fields}`,
      requestId: readRequestId(headers),
    });
  };

  return {
    list: async () => {
      const operation = 'list the client secrets';
      const answer = await call(operation, 'GET', secretsUrl);
      if (answer.status !== 200) throw buildFailure(operation, answer);
      const list = parse(listSchema(), operation, answer);
      const date = Date.parse(answer.headers.get('date') ?? '');
      return { clientId: list.client_id, secrets: list.client_secrets, date: Number.isNaN(date) ? undefined : date };
    },
    add: async () => {
      const operation = 'add a client secret';
      const answer = await call(operation, 'POST', secretsUrl);
      // Adobe's guide says 201, its internal description 200.
      if (answer.status !== 201 && answer.status !== 200) throw buildFailure(operation, answer);
      const added = parse(addedSchema(), operation, answer);
      return { uuid: added.uuid, clientSecret: added.client_secret, createdAt: added.created_at };
    },
    delete: async (uuid) => {
      const operation = `delete the client secret ${uuid}`;
      const answer = await call(operation, 'DELETE', `${secretsUrl}/${encodeURIComponent(uuid)}`);
      if (answer.status === 404) return false;
      // Adobe's guide says 204, its internal description 200.
      if (answer.status !== 204 && answer.status !== 200) throw buildFailure(operation, answer);
      return true;
    },
  };
};
