import * as z from 'zod';
import { once } from '../../once.ts';
import { classifyStatus, parseJson } from '../http/client.ts';
import { AdobeCallError } from '../http/errors.ts';

/**
 * What may help after a failed mint: `invalid_client` another secret, `configuration` an operator, `transient` another
 * try. A try with the same secret never helps after `invalid_client` (Adobe).
 */
export type ImsErrorKind = 'invalid_client' | 'configuration' | 'transient';

/** IMS minted no token. Neither message nor fields hold a secret. */
export class ImsError extends AdobeCallError {
  readonly kind: ImsErrorKind;
  readonly description: string | undefined;
  readonly retryAfterMs: number | undefined;

  /**
   * @param fields.status of the answer; absent if none came
   * @param fields.code IMS's own word, such as `invalid_scope`
   * @param fields.requestId IMS's `x-debug-id`
   */
  constructor(fields: {
    kind: ImsErrorKind;
    status?: number;
    code: string;
    description?: string;
    requestId?: string;
    retryAfterMs?: number;
  }) {
    const { kind, status, code, description, requestId, retryAfterMs } = fields;
    const said = description === undefined ? code : `${code}: ${description}`;
    const shownId = requestId === undefined ? '' : `; x-debug-id ${requestId}`;
    super(code, `${prefixes[kind]} (${said}${shownId}).`, { status, requestId });
    this.kind = kind;
    this.description = description;
    this.retryAfterMs = retryAfterMs;
  }

  get isTransient(): boolean {
    return this.kind === 'transient';
  }
}

const prefixes: Record<ImsErrorKind, string> = {
  invalid_client: 'Adobe IMS does not accept the client id and client secret',
  configuration: 'Adobe IMS refuses the request for a token; the credential or the scopes need correction',
  transient: 'Adobe IMS gave no token for now',
};

const refusalSchema = once(() => z.object({ error: z.string(), error_description: z.string().optional() }));

const maxDescriptionLength = 300;

/**
 * Reads an error answer of IMS.
 *
 * @param answer.clientSecret is blotted out wherever IMS repeats it
 */
export const readImsRefusal = (answer: {
  status: number;
  body: string;
  requestId?: string;
  retryAfterMs?: number;
  clientSecret: string;
}): ImsError => {
  const { status, body, requestId, retryAfterMs, clientSecret } = answer;
  const parsed = refusalSchema().safeParse(parseJson(body));
  const shown = (text: string) => text.replaceAll(clientSecret, '***').slice(0, maxDescriptionLength);
  const code = parsed.success ? shown(parsed.data.error) : `http_${status}`;
  const description = parsed.success ? parsed.data.error_description : undefined;
  return new ImsError({
    kind: classify(status, code),
    status,
    code,
    description: description && shown(description),
    requestId,
    retryAfterMs,
  });
};

const classify = (status: number, code: string): ImsErrorKind => {
  if ((status === 400 || status === 401) && code === 'invalid_client') return 'invalid_client';
  return classifyStatus(status) === 'transient' ? 'transient' : 'configuration';
};
