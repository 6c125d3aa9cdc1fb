import type { JsonSchema, ListedIn } from './json-schema.ts';

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

interface FieldBase {
  /** As in the request; empty for an item of a list. */
  name: string;
  label: string;
  description: string | undefined;
  isRequired: boolean;
  isNullable: boolean;
  isDeprecated: boolean;
  /** What is taken where the field is left out. */
  default: unknown;
}

/** A text. */
export interface TextField extends FieldBase {
  kind: 'text';
  /** Whether it says what is to be made. */
  isPrompt: boolean;
  isLong: boolean;
  isSecret: boolean;
  minLength: number | undefined;
  maxLength: number | undefined;
  /** Values that are known; others are possible. */
  suggestions: readonly string[];
  /** The list of the gateway that has the values, if there is one. */
  listedIn: ListedIn | undefined;
}

/** A number. */
export interface NumberField extends FieldBase {
  kind: 'number';
  isInteger: boolean;
  minimum: number | undefined;
  maximum: number | undefined;
}

/** One of a few values. */
export interface ChoiceField extends FieldBase {
  kind: 'choice';
  values: readonly (string | number | boolean)[];
}

/** A value that is the only possible one. */
export interface ConstantField extends FieldBase {
  kind: 'constant';
  value: unknown;
}

/** Yes or no. */
export interface BooleanField extends FieldBase {
  kind: 'boolean';
}

/** Fields below one name. They are made when asked for, as schemas may contain themselves. */
export interface ObjectField extends FieldBase {
  kind: 'object';
  fields(): readonly Field[];
}

/** Any number of the same. */
export interface ListField extends FieldBase {
  kind: 'list';
  item(): Field;
  minItems: number;
  maxItems: number | undefined;
  isUnique: boolean;
}

/** One of several forms. */
export interface UnionField extends FieldBase {
  kind: 'union';
  options(): readonly Field[];
}

/** A file that is read: an upload, an address or the output of a job. */
export interface SourceField extends FieldBase {
  kind: 'source';
  /** Whether an upload to Adobe's storage can be named by its id. */
  takesUploadId: boolean;
  /** What else can be said of it. */
  others(): readonly Field[];
  /** The field beside the one around it that has the image which this one masks. */
  maskOf: string | undefined;
}

/** A width and a height, often one of a list. */
export interface SizeField extends FieldBase {
  kind: 'size';
  listed: readonly Size[];
  /** What each model makes, where that differs. */
  listedByModel: Readonly<Record<string, readonly Size[]>>;
  width: NumberField;
  height: NumberField;
}

/** Something that no form expresses. */
export interface JsonField extends FieldBase {
  kind: 'json';
  schema: JsonSchema;
}

/** One part of a form. */
export type Field =
  | TextField
  | NumberField
  | ChoiceField
  | ConstantField
  | BooleanField
  | ObjectField
  | ListField
  | UnionField
  | SourceField
  | SizeField
  | JsonField;

/**
 * What a field starts with when it is added: what must be there and can be only one thing.
 *
 * @returns undefined if it has no such part
 */
export const buildInitialValue = (field: Field): unknown => {
  switch (field.kind) {
    case 'constant':
      return field.value;
    case 'object':
    case 'source': {
      const inner = field.kind === 'object' ? field.fields() : field.others();
      const entries = inner
        .filter(({ isRequired }) => isRequired)
        .map((each) => [each.name, buildInitialValue(each)] as const)
        .filter(([, value]) => value !== undefined);
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    }
    case 'list':
      return Array.from({ length: field.minItems }, () => buildInitialItem(field.item()));
    case 'boolean':
      return field.isRequired ? false : undefined;
    default:
      return undefined;
  }
};

/** What an item starts with when it is added to a list: JSON has no undefined there. */
export const buildInitialItem = (item: Field): unknown => {
  const initial = buildInitialValue(item);
  if (initial !== undefined) return initial;
  if (item.kind === 'number') return item.minimum ?? 0;
  if (item.kind === 'choice') return item.values[0];
  if (item.kind === 'boolean') return false;
  if (item.kind === 'union') return buildInitialItem(item.options()[0] ?? { ...item, kind: 'json', schema: {} });
  if (item.kind === 'size') return { ...item.listed[0] };
  return item.kind === 'text' ? '' : {};
};
