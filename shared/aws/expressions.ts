import { type AttributeMap, toAttributes } from './dynamodb/attribute-values.ts';

/** A DynamoDB condition with its values, for conditional writes, key conditions and filters. */
export class Condition {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];

  constructor(texts: readonly string[], values: readonly unknown[]) {
    this.texts = texts;
    this.values = values;
  }
}

/**
 * Writes a condition in DynamoDB's own words: attributes as `#name`, values in place. A list becomes the values of an `IN`, a
 * condition stands in parentheses.
 *
 * @example
 * condition`#state IN (${['queued', 'scheduled']}) AND #turn = ${turn}`
 */
export const condition = (texts: TemplateStringsArray, ...values: unknown[]): Condition => new Condition(texts, values);

/** All of the conditions that are given. */
export const allOf = (first: Condition, ...others: (Condition | undefined)[]): Condition =>
  others.reduce<Condition>((both, other) => (other === undefined ? both : condition`${both} AND ${other}`), first);

/** The item is there. */
export const exists = condition`attribute_exists(#pk)`;

/** Collects the names and values that the expressions of one request refer to. */
export interface Expressions {
  /** The text of a condition. */
  write(written: Condition): string;
  /** The placeholder of an attribute, or of a path into it such as `counts.failed` or `attempts[0]`. */
  name(path: string): string;
  /** The placeholder of a value. */
  value(value: unknown): string;
  /** What the request needs besides the expressions; undefined where there is nothing. */
  attributes(): {
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: AttributeMap;
  };
}

/** Begins the expressions of one request. */
export const createExpressions = (): Expressions => {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};

  const addName = (name: string): string => {
    names[`#${name}`] = name;
    return `#${name}`;
  };
  const addValue = (value: unknown): string => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = value;
    return placeholder;
  };
  const writeValue = (value: unknown): string => {
    if (value instanceof Condition) return `(${write(value)})`;
    return Array.isArray(value) ? value.map(addValue).join(', ') : addValue(value);
  };
  const write = ({ texts, values: written }: Condition): string =>
    texts
      .map((text, index) => {
        for (const [, name] of text.matchAll(/#(\w+)/g)) addName(String(name));
        return index < written.length ? text + writeValue(written[index]) : text;
      })
      .join('');

  return {
    write,
    name: (path) => path.replaceAll(/[A-Za-z_]\w*/g, addName),
    value: addValue,
    attributes: () => ({
      ExpressionAttributeNames: Object.keys(names).length > 0 ? names : undefined,
      ExpressionAttributeValues: Object.keys(values).length > 0 ? toAttributes(values) : undefined,
    }),
  };
};

/** What an update changes, by attribute or by path into one (`counts.failed`, `attempts[0]`). */
export interface Update {
  /** New values; undefined removes the attribute. */
  set?: Record<string, unknown>;
  /** Values of attributes that the item does not have yet. */
  setIfAbsent?: Record<string, unknown>;
  remove?: readonly string[];
  /** Raises numbers; an attribute that is not there counts as 0, inside a map it must be there. */
  add?: Record<string, number>;
  /** Appends entries to lists that are there. */
  append?: Record<string, readonly unknown[]>;
}

/** The update expression of a request. */
export const writeUpdate = (
  { name, value }: Expressions,
  { set = {}, setIfAbsent = {}, remove = [], add = {}, append = {} }: Update,
): string => {
  const changes = Object.entries(set);
  const sums = Object.entries(add);
  // DynamoDB's ADD takes top-level attributes only.
  const isNested = ([path]: [string, number]) => /[.[]/.test(path);
  const clauses = {
    SET: [
      ...changes.filter(([, to]) => to !== undefined).map(([path, to]) => `${name(path)} = ${value(to)}`),
      ...Object.entries(setIfAbsent).map(([path, to]) => `${name(path)} = if_not_exists(${name(path)}, ${value(to)})`),
      ...Object.entries(append).map(
        ([path, entries]) => `${name(path)} = list_append(${name(path)}, ${value(entries)})`,
      ),
      ...sums.filter(isNested).map(([path, by]) => `${name(path)} = ${name(path)} + ${value(by)}`),
    ],
    REMOVE: [...changes.filter(([, to]) => to === undefined).map(([path]) => name(path)), ...remove.map(name)],
    ADD: sums.filter((sum) => !isNested(sum)).map(([path, by]) => `${name(path)} ${value(by)}`),
  };
  return Object.entries(clauses)
    .filter(([, parts]) => parts.length > 0)
    .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
    .join(' ');
};
