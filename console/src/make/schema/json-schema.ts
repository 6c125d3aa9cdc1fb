/** The keywords of JSON Schema (2020-12) that descriptions of the API have; `x-` ones are the gateway's own. */
export interface JsonSchema {
  $ref?: string;
  type?: string | readonly string[];
  title?: string;
  description?: string;
  default?: unknown;
  examples?: readonly unknown[];
  deprecated?: boolean;
  enum?: readonly unknown[];
  const?: unknown;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  allOf?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  not?: JsonSchema;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  /** Values that go with a model, by the model's name. */
  'x-examples-by-model'?: Readonly<Record<string, readonly unknown[]>>;
  /** The field beside this one that has the image which this one masks. */
  'x-mask-of'?: string;
  /** Where the gateway lists what a text may be. */
  'x-listed-in'?: ListedIn;
}

/** A list of the gateway, by the names of its fields. */
export interface ListedIn {
  /** The path that answers with it. */
  path: string;
  /** The field with the items. */
  items: string;
  /** The fields of an item that a request names it by, and that people call it by. */
  value: string;
  label: string;
}

/** What a description has by name. */
export type NamedSchemas = Readonly<Record<string, JsonSchema>>;

/** A schema with its reference followed, its parts put together and `null` taken out of it. */
export interface PlainSchema extends JsonSchema {
  isNullable: boolean;
}

/**
 * Follows references and puts parts together, one level deep: what lies inside stays as it is, as schemas may contain themselves.
 *
 * @param named the schemas that references lead to; one that leads nowhere allows everything
 */
export const resolveSchema = (schema: JsonSchema, named: NamedSchemas): PlainSchema => {
  const { $ref, allOf = [], ...own } = schema;
  const target = $ref === undefined ? undefined : named[$ref.split('/').at(-1) ?? ''];
  const parts = [...(target === undefined ? [] : [target]), ...allOf].map((part) => resolveSchema(part, named));
  const whole = parts.reduceRight<JsonSchema>((merged, part) => mergeSchemas(part, merged), own);
  return takeOutNull(whole, named, parts.length > 0 && parts.every(({ isNullable }) => isNullable));
};

const mergeSchemas = (below: JsonSchema, above: JsonSchema): JsonSchema => ({
  ...below,
  ...above,
  ...((below.properties ?? above.properties) && { properties: { ...below.properties, ...above.properties } }),
  ...((below.required ?? above.required) && {
    required: [...new Set([...(below.required ?? []), ...(above.required ?? [])])],
  }),
});

const takeOutNull = (schema: JsonSchema, named: NamedSchemas, isNullable: boolean): PlainSchema => {
  const { type, anyOf, oneOf } = schema;
  if (Array.isArray(type) && type.includes('null')) {
    const others = type.filter((each) => each !== 'null');
    return takeOutNull({ ...schema, type: others.length === 1 ? others[0] : others }, named, true);
  }
  const options = anyOf ?? oneOf;
  const others = options?.filter((option) => option.type !== 'null');
  if (others !== undefined && others.length < (options?.length ?? 0)) {
    const { anyOf: _any, oneOf: _one, ...rest } = schema;
    const [only, ...more] = others;
    const whole =
      more.length === 0 && only !== undefined ? { ...resolveSchema(only, named), ...rest } : { ...rest, anyOf: others };
    return { ...whole, isNullable: true };
  }
  return { ...schema, isNullable };
};
