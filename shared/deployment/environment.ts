import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { GatewayError } from '../errors.ts';
import { once } from '../once.ts';

/** A function's environment is incomplete or malformed; the message names each variable and never shows a value. */
export class EnvironmentError extends GatewayError {
  constructor(message: string) {
    super('invalid_environment', message);
  }
}

/** The variables of a function: who deploys it writes them, and the function reads them. */
export interface Environment<Values> {
  /** The variables under their names; what is undefined is left out. Values are not checked: some are known to AWS only. */
  write(values: Values): Record<string, string>;
  /**
   * Reads and checks the variables.
   *
   * @param variables `process.env`
   * @throws {EnvironmentError} naming every variable that is missing or invalid
   */
  read(variables: Readonly<Record<string, string | undefined>>): Values;
}

/** How a variable is read from its text; a codec also knows how its text is written, of any other the value is the text. */
type Variable = z.ZodMiniType<unknown, string | undefined>;

/**
 * Defines the environment of a function.
 *
 * @param makeShape makes one key per variable, in camel case: `tableName` is the variable `TABLE_NAME`
 */
export const defineEnvironment = <Shape extends Record<string, Variable>>(
  makeShape: () => Shape,
): Environment<z.output<z.ZodMiniObject<Shape>>> => {
  const getShape = once(makeShape);
  const listFields = () =>
    Object.entries<Variable>(getShape()).map(([field, variable]) => ({ field, variable, name: nameOf(field) }));
  return {
    write: (values) => {
      const given = new Map(Object.entries(values));
      return Object.fromEntries(
        listFields().flatMap(({ field, variable, name }) => {
          const value = given.get(field);
          return value === undefined ? [] : [[name, writeVariable(variable, value)]];
        }),
      );
    },
    read: (variables) => {
      const given = Object.fromEntries(listFields().map(({ field, name }) => [field, variables[name]]));
      // Read once: compiling the schema first, as zod does by default, takes longer than checking without.
      const schema = z.object(getShape());
      const result = schema.safeParse(given, { jitless: true });
      if (result.success) return result.data;
      // The small zod has no words of its own.
      const described = schema.safeParse(given, { jitless: true, error: en().localeError });
      const problems = (described.error ?? result.error).issues.map(
        ({ path: [field, ...path], message }) => `${[nameOf(String(field)), ...path].join('.')}: ${message}`,
      );
      throw new EnvironmentError(`Invalid environment: ${problems.join('; ')}`);
    },
  };
};

const nameOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

const writeVariable = (variable: Variable, value: unknown): string => {
  const given = variable instanceof z.ZodMiniOptional ? variable.def.innerType : variable;
  return given instanceof z.ZodMiniCodec ? String(z.encode(given, value)) : String(value);
};

/** A name, ARN or the like. */
export const text = once(() => z.string().check(z.minLength(1)));

const numberCodec = (valid: z.ZodMiniNumber) =>
  z.codec(z.string().check(z.minLength(1)), valid, {
    decode: (written) => Number(written),
    encode: (value) => String(value),
  });

/** A positive whole number. */
export const wholeNumber = once(() => numberCodec(z.int().check(z.positive())));

/** A number from 0 on. */
export const nonNegative = once(() => numberCodec(z.number().check(z.nonnegative())));

/** Yes or no. */
export const flag = once(() =>
  z.codec(z.enum(['true', 'false']), z.boolean(), {
    decode: (written) => written === 'true',
    encode: (value) => (value ? 'true' : 'false'),
  }),
);

/** Strings without commas, separated by commas; empty ones are dropped. */
export const list = once(() =>
  z.codec(z.string(), z.array(z.string()), {
    decode: (joined) =>
      joined
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ''),
    encode: (entries) => entries.join(','),
  }),
);

/** Anything else, as JSON that a schema checks. */
export const json = <Schema extends z.core.$ZodType>(schema: Schema) =>
  z.codec(z.string(), schema, {
    decode: (written, context): z.input<Schema> => {
      try {
        return JSON.parse(written);
      } catch {
        context.issues.push({ code: 'custom', message: 'is not JSON', input: written });
        return z.NEVER;
      }
    },
    encode: (value) => JSON.stringify(value),
  });

/** The gateway's own URL, without a slash at its end. */
export const gatewayUrl = once(() =>
  z.pipe(
    z.url(),
    z.transform((url) => url.replace(/(?<!\/)\/+$/, '')),
  ),
);
