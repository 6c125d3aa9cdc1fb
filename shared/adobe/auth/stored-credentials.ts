import * as z from 'zod';
import { GatewayError } from '../../errors.ts';
import { once } from '../../once.ts';
import { parseJson } from '../http/client.ts';

/**
 * The key under which Secrets Manager generates the placeholder value of a secret that has not been set yet, as in
 * `{"placeholder": "<random>"}`. A secret with any of the gateway's own fields is not a placeholder.
 */
export const placeholderKey = 'placeholder';

// Trimmed: a value that an operator pastes into Secrets Manager easily ends with a newline, and none of Adobe's has one.
const text = once(() => z.string().trim().min(1));
const id = once(() => z.coerce.string().trim().min(1));

const clientCredentialsSchema = once(() =>
  z.looseObject({
    clientId: text(),
    clientSecret: text(),
    secretUuid: text().optional(),
    /** Numeric console organization, not the `...@AdobeOrg` one (Adobe). */
    orgId: id().optional(),
    projectId: id().optional(),
    credentialId: id().optional(),
    /** The secret that this one took the place of; known even if that one's own uuid was never stored beside it. */
    replacedSecretUuid: text().optional(),
  }),
);

const accessTokenSchema = once(() =>
  z.looseObject({
    accessToken: z.string().min(1),
    /** Epoch ms. */
    expiresAt: z.number(),
    clientId: z.string().min(1),
    scope: z.string(),
    /** Epoch ms; half-way between this and `expiresAt` the token is renewed. */
    mintedAt: z.number().optional(),
    /** Scopes among those that Adobe does not give to the credential. */
    missingScopes: z.array(z.string()).optional(),
  }),
);

/** The content of the secret `client-credentials`; fields that others added are kept. */
export type ClientCredentials = z.output<ReturnType<typeof clientCredentialsSchema>>;

/** The content of the secret `access-token`. */
export type StoredAccessToken = z.output<ReturnType<typeof accessTokenSchema>>;

/** A secret holds something that is neither the placeholder nor what the gateway keeps there. Shows no value. */
export class MalformedSecretError extends GatewayError {
  /** @param problems names of fields with what is wrong about them */
  constructor(secret: string, problems: readonly string[]) {
    super('malformed_secret', `The secret ${secret} is malformed: ${problems.join('; ')}.`);
  }
}

const readSecret = <Schema extends z.ZodObject>(name: string, schema: Schema, text: string) => {
  const content = parseJson(text);
  if (content === undefined && text.trimStart().startsWith('{')) {
    throw new MalformedSecretError(name, ['not valid JSON']);
  }
  const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
  if (!isObject || !Object.keys(schema.shape).some((field) => field in content)) return undefined;
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new MalformedSecretError(name, problems);
};

/**
 * Reads the content of the secret `client-credentials`.
 *
 * @returns undefined for the placeholder
 * @throws {MalformedSecretError} naming the fields that are wrong
 */
export const readClientCredentials = (text: string): ClientCredentials | undefined =>
  readSecret('client-credentials', clientCredentialsSchema(), text);

/**
 * Reads the content of the secret `access-token`.
 *
 * @returns undefined for the placeholder
 * @throws {MalformedSecretError} naming the fields that are wrong
 */
export const readStoredAccessToken = (text: string): StoredAccessToken | undefined =>
  readSecret('access-token', accessTokenSchema(), text);
