import conditionParser from 'dynalite/db/conditionParser.js';
import projectionParser from 'dynalite/db/projectionParser.js';
import updateParser from 'dynalite/db/updateParser.js';

/** What dynalite parses an expression with: its placeholders, and those that no expression has used so far. */
export interface ParserContext {
  attrNames?: Record<string, string> | undefined;
  attrVals?: Record<string, object> | undefined;
  unusedAttrNames: Record<string, true>;
  unusedAttrVals: Record<string, true>;
  isKeyCondition?: boolean;
}

/** Returns the tree of an expression, or a text that says what is wrong with it; what is used is deleted from the context. */
type Parse = (expression: string, options: { context: ParserContext }) => unknown;

/** A parser of dynalite's. */
export interface Parser {
  parse: Parse;
}

/** A tree with a mark in place of each value. */
interface Parsed {
  tree: unknown;
  placeholders: ReadonlyMap<unknown, string>;
  usedNames: readonly string[];
  usedValues: readonly string[];
}

const maxParsed = 2_000;
// Whether these are valid depends on the values themselves; of all else it depends on their types alone.
const dependsOnValues = /\b(between|attribute_type)\b/i;

let isInstalled = false;

/**
 * Lets dynalite parse an expression once instead of with each request, which was a quarter of its work. Holds for every
 * dynalite of this thread.
 */
export const rememberExpressions = (): void => {
  if (isInstalled) return;
  isInstalled = true;
  for (const parser of [conditionParser, projectionParser, updateParser]) {
    parser.parse = rememberParsed(parser.parse.bind(parser));
  }
};

/** Puts the values of a request into the tree that was parsed for an earlier one with the same expression, names and types. */
export const rememberParsed = (parse: Parse): Parse => {
  const remembered = new Map<string, Parsed>();
  return (expression, options) => {
    const { context } = options;
    if (dependsOnValues.test(expression)) return parse(expression, options);
    const key = describe(expression, context);
    const parsed = remembered.get(key);
    if (parsed !== undefined) return fill(parsed, context);
    const names = Object.keys(context.unusedAttrNames);
    const values = Object.keys(context.unusedAttrVals);
    const tree = parse(expression, options);
    if (typeof tree === 'string') return tree;
    if (remembered.size >= maxParsed) remembered.clear();
    const marks = Object.entries(context.attrVals ?? {}).map(([name, value]) => ({ name, value, mark: {} }));
    remembered.set(key, {
      tree: copy(tree, new Map<unknown, unknown>(marks.map(({ value, mark }) => [value, mark]))),
      placeholders: new Map(marks.map(({ mark, name }) => [mark, name])),
      usedNames: names.filter((name) => !(name in context.unusedAttrNames)),
      usedValues: values.filter((name) => !(name in context.unusedAttrVals)),
    });
    return tree;
  };
};

const describe = (
  expression: string,
  { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals, isKeyCondition }: ParserContext,
): string =>
  JSON.stringify([
    expression,
    isKeyCondition,
    attrNames,
    Object.entries(attrVals).map(([name, value]) => [name, Object.keys(value)]),
    // A placeholder that another expression has used does not show here which of them this one uses.
    Object.keys(unusedAttrNames),
    Object.keys(unusedAttrVals),
  ]);

const fill = ({ tree, placeholders, usedNames, usedValues }: Parsed, context: ParserContext): unknown => {
  for (const name of usedNames) delete context.unusedAttrNames[name];
  for (const name of usedValues) delete context.unusedAttrVals[name];
  return copy(tree, new Map([...placeholders].map(([mark, name]) => [mark, context.attrVals?.[name]])));
};

/** Copies arrays and objects, with others in place of some: dynalite changes what its parsers return. */
const copy = (tree: unknown, others: ReadonlyMap<unknown, unknown>): unknown => {
  if (typeof tree !== 'object' || tree === null) return tree;
  if (others.has(tree)) return others.get(tree);
  if (Array.isArray(tree)) return tree.map((each) => copy(each, others));
  const copied: Record<string, unknown> = Object.create(Object.getPrototypeOf(tree));
  for (const [key, value] of Object.entries(tree)) copied[key] = copy(value, others);
  return copied;
};
