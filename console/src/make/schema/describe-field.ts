import { labelName } from '../../ui/labels.ts';
import type { Field, NumberField, Size } from './field.ts';
import { type JsonSchema, type NamedSchemas, type PlainSchema, resolveSchema } from './json-schema.ts';

/** What a whole form is described with. */
export interface FormSchemas {
  named: NamedSchemas;
  /** Places of texts that say what is to be made, such as `variations[].text`. */
  promptPlaces: readonly string[];
}

/** Where a field stands. */
interface Position {
  name: string;
  /** As in {@link FormSchemas.promptPlaces}. */
  place: string;
  isRequired: boolean;
  /** What the field around it masks, for the source inside a mask. */
  maskOf?: string;
}

// Texts that may be longer have room for several lines.
const maxLineLength = 200;

/**
 * Reads from a schema what a form shows for it. A schema that is new, or made of keywords that are not known here, is shown as JSON.
 *
 * @returns undefined for what nothing can satisfy
 */
export const describeField = (schema: JsonSchema, position: Position, form: FormSchemas): Field | undefined => {
  const plain = resolveSchema(schema, form.named);
  if (plain.not !== undefined && Object.keys(plain.not).length === 0) return undefined;
  const base = describeBase(plain, position);
  if (plain.const !== undefined) return { ...base, kind: 'constant', value: plain.const };
  const values = plain.enum?.filter((value) => typeof value !== 'object');
  if (values !== undefined) return { ...base, kind: 'choice', values: values as (string | number | boolean)[] };
  const options = plain.oneOf ?? plain.anyOf;
  if (options !== undefined) {
    return { ...base, kind: 'union', options: () => describeAll(options, { ...position, isRequired: true }, form) };
  }
  switch (plain.type) {
    case 'string':
      return { ...base, ...describeText(plain, position, form) };
    case 'integer':
    case 'number':
      return { ...base, ...describeNumber(plain) };
    case 'boolean':
      return { ...base, kind: 'boolean' };
    case 'array':
      return describeList(plain, position, form, base);
    case 'object':
      return describeObject(plain, position, form, base);
    default:
      return { ...base, kind: 'json', schema };
  }
};

type Base = Pick<Field, 'name' | 'label' | 'description' | 'isRequired' | 'isNullable' | 'isDeprecated' | 'default'>;

const describeBase = (schema: PlainSchema, { name, isRequired }: Position): Base => ({
  name,
  label: schema.title ?? labelName(name),
  description: schema.description,
  isRequired,
  isNullable: schema.isNullable,
  isDeprecated: schema.deprecated === true,
  default: schema.default,
});

const describeText = (schema: JsonSchema, { place }: Position, { promptPlaces }: FormSchemas) => {
  const isPrompt = promptPlaces.includes(place);
  return {
    kind: 'text' as const,
    isPrompt,
    isLong: isPrompt || (schema.format === undefined && (schema.maxLength ?? 0) > maxLineLength),
    isSecret: schema.format === 'password',
    minLength: schema.minLength,
    maxLength: schema.maxLength,
    suggestions: (schema.examples ?? []).filter((example) => typeof example === 'string'),
    listedIn: schema['x-listed-in'],
  };
};

const describeNumber = (schema: JsonSchema): Pick<NumberField, 'kind' | 'isInteger' | 'minimum' | 'maximum'> => ({
  kind: 'number',
  isInteger: schema.type === 'integer',
  minimum: schema.minimum ?? schema.exclusiveMinimum,
  maximum: schema.maximum ?? schema.exclusiveMaximum,
});

const describeList = (schema: JsonSchema, position: Position, form: FormSchemas, base: Base): Field => {
  const inside = { name: '', place: `${position.place}[]`, isRequired: true };
  const item = describeField(schema.items ?? {}, inside, form);
  const { minItems = 0, maxItems, uniqueItems = false } = schema;
  if (item === undefined) return { ...base, kind: 'json', schema };
  return { ...base, kind: 'list', item: () => item, minItems, maxItems, isUnique: uniqueItems };
};

const describeObject = (schema: JsonSchema, position: Position, form: FormSchemas, base: Base): Field => {
  const { properties, required = [] } = schema;
  if (properties === undefined) return { ...base, kind: 'json', schema };
  const describeInner = (names: readonly string[]): Field[] =>
    names.flatMap((name) => {
      const inside = {
        name,
        place: position.place === '' ? name : `${position.place}.${name}`,
        isRequired: required.includes(name),
        maskOf: schema['x-mask-of'],
      };
      const field = describeField(properties[name] ?? {}, inside, form);
      return field === undefined ? [] : [field];
    });
  const names = Object.keys(properties);
  const size = describeSize(schema, base);
  if (size !== undefined) return size;
  if (isSource(position.name, properties)) {
    return {
      ...base,
      label: position.name === 'url' ? (schema.title ?? 'File') : base.label,
      kind: 'source',
      takesUploadId: 'uploadId' in properties,
      others: () => describeInner(names.filter((name) => name !== 'url' && name !== 'uploadId')),
      maskOf: schema['x-mask-of'] ?? position.maskOf,
    };
  }
  return { ...base, kind: 'object', fields: () => describeInner(names) };
};

/**
 * Adobe's services call what they read `source`, Substance calls it `url`, and all have its address in `url`; Firefly also takes the id
 * of an upload.
 */
const isSource = (name: string, properties: Readonly<Record<string, JsonSchema>>): boolean =>
  properties['url']?.type === 'string' && (name === 'source' || name === 'url' || properties['uploadId'] !== undefined);

const describeSize = (schema: JsonSchema, base: Base): Field | undefined => {
  const { width, height, ...others } = schema.properties ?? {};
  if (width?.type !== 'integer' || height?.type !== 'integer' || Object.keys(others).length > 0) return undefined;
  const describeSide = (name: string, side: JsonSchema): NumberField => ({
    ...describeBase({ ...side, isNullable: false }, { name, place: name, isRequired: true }),
    ...describeNumber(side),
  });
  return {
    ...base,
    kind: 'size',
    listed: (schema.examples ?? []).filter(isSize),
    listedByModel: Object.fromEntries(
      Object.entries(schema['x-examples-by-model'] ?? {}).map(([model, sizes]) => [model, sizes.filter(isSize)]),
    ),
    width: describeSide('width', width),
    height: describeSide('height', height),
  };
};

/** Whether a value is a width and a height. */
export const isSize = (value: unknown): value is Size =>
  typeof value === 'object' &&
  value !== null &&
  'width' in value &&
  'height' in value &&
  typeof value.width === 'number' &&
  typeof value.height === 'number';

const describeAll = (schemas: readonly JsonSchema[], position: Position, form: FormSchemas): Field[] =>
  schemas.flatMap((schema) => {
    const field = describeField(schema, position, form);
    return field === undefined ? [] : [{ ...field, label: labelOption(schema, field, form) }];
  });

/** What tells an option from the others: its title, the constant that names it, or what kind of value it is. */
const labelOption = (schema: JsonSchema, field: Field, { named }: FormSchemas): string => {
  const plain = resolveSchema(schema, named);
  if (plain.title !== undefined) return plain.title;
  const constant = Object.values(plain.properties ?? {}).find((property) => property.const !== undefined)?.const;
  if (constant !== undefined) return labelName(String(constant));
  const names: Partial<Record<Field['kind'], string>> = {
    text: 'Text',
    choice: 'One of a list',
    number: 'Number',
    list: 'Several',
    boolean: 'Yes or no',
    constant: String(plain.const),
  };
  return (
    names[field.kind] ??
    Object.keys(plain.properties ?? {})
      .map(labelName)
      .slice(0, 3)
      .join(', ')
  );
};
