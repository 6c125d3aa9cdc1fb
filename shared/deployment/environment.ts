import * as z from 'zod';

/** A function's environment is incomplete or malformed; the message names each variable and never shows a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads and validates a function's settings.
 *
 * @param schema one key per environment variable
 * @param env the variables; each function's settings file passes `process.env`
 * @throws {SettingsError} naming every variable that is missing or invalid
 */
export const readEnv = <Schema extends z.ZodType>(
  schema: Schema,
  env: Record<string, string | undefined>,
): z.output<Schema> => {
  // Read once: compiling the schema first, as zod does by default, takes longer than checking without.
  const result = schema.safeParse(env, { jitless: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SettingsError(`Invalid settings: ${problems.join('; ')}`);
};

/** A positive whole number in an environment variable. */
export const wholeNumber = z.coerce.number().int().positive();

/** JSON in an environment variable, checked by a schema. */
export const jsonOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** A comma-separated list in an environment variable; empty entries are dropped. */
export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** The gateway's own URL in an environment variable, without a slash at its end. */
export const gatewayUrl = z.url().transform((url) => url.replace(/\/+$/, ''));
