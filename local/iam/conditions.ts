import { compileArnPattern, compilePattern, type Matcher } from './wildcards.ts';

/** What is known of a request, by condition key in lower case; a key that the request does not have is absent. */
export type RequestContext = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The conditions of a statement: values by key by operator. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export type ConditionMatcher = (context: RequestContext) => boolean;

const number = (compare: (value: number, wanted: number) => boolean) => (wanted: string) => (value: string) =>
  value !== '' && compare(Number(value), Number(wanted));

const sameIgnoringCase = (wanted: string): Matcher => {
  const lower = wanted.toLowerCase();
  return (value) => value.toLowerCase() === lower;
};

/** How a value of the policy is compared with one of the request, by the name of the operator without its negation. */
const comparisons: Readonly<Record<string, (wanted: string) => Matcher>> = {
  StringEquals: (wanted) => (value) => value === wanted,
  StringEqualsIgnoreCase: sameIgnoringCase,
  StringLike: compilePattern,
  // The two are one operator under two names.
  ArnEquals: compileArnPattern,
  ArnLike: compileArnPattern,
  Bool: sameIgnoringCase,
  NumericEquals: number((value, wanted) => value === wanted),
  NumericLessThan: number((value, wanted) => value < wanted),
  NumericLessThanEquals: number((value, wanted) => value <= wanted),
  NumericGreaterThan: number((value, wanted) => value > wanted),
  NumericGreaterThanEquals: number((value, wanted) => value >= wanted),
};

const toList = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/**
 * Compiles the conditions of a statement, all of which must hold.
 *
 * Source: "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context keys" in the IAM user guide.
 *
 * @throws {Error} for an operator or a policy variable that is not known here: a condition is never left out
 */
export const compileConditions = (block: ConditionBlock = {}): ConditionMatcher => {
  const matchers = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => compileCondition(operator, key.toLowerCase(), toList(wanted))),
  );
  return (context) => matchers.every((matches) => matches(context));
};

const compileCondition = (operator: string, key: string, wanted: readonly string[]): ConditionMatcher => {
  if (operator === 'Null') return (context) => wanted.includes(String(toList(context[key]).length === 0));
  const { set, name, negated, ifExists } = parseOperator(operator);
  const compile = comparisons[name];
  if (compile === undefined) throw new Error(`IAM here does not know the condition operator ${operator}.`);
  if (wanted.some((value) => value.includes('${'))) throw new Error(`IAM here knows no policy variables: ${key}`);
  const alternatives = wanted.map(compile);
  const holds = (value: string): boolean => alternatives.some((matches) => matches(value)) !== negated;
  return (context) => {
    const values = toList(context[key]);
    if (values.length === 0) return ifExists || set === 'ForAllValues' || (set === undefined && negated);
    return set === 'ForAllValues' ? values.every(holds) : values.some(holds);
  };
};

interface ParsedOperator {
  set: 'ForAllValues' | 'ForAnyValue' | undefined;
  /** Of the comparison that is negated or not. */
  name: string;
  negated: boolean;
  /** Whether the condition holds for a request that does not have the key. */
  ifExists: boolean;
}

const parseOperator = (operator: string): ParsedOperator => {
  const [, set, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const name = base.replace('Not', '');
  return {
    set: set as ParsedOperator['set'],
    name,
    negated: name !== base,
    ifExists: ifExists !== undefined,
  };
};
