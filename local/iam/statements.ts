import type { Permission } from '#shared/permissions/permission.ts';
import { type ConditionBlock, type ConditionMatcher, compileConditions, type RequestContext } from './conditions.ts';
import { compilePattern, type Matcher } from './wildcards.ts';

type OneOrMore = string | readonly string[];

/** A statement as a policy has it, with its resources written out. */
export interface Statement {
  Effect: 'Allow' | 'Deny';
  /** Of resource policies: whom it is about; `*` is everybody. */
  Principal?: '*' | Readonly<Partial<Record<'AWS' | 'Service', OneOrMore>>>;
  Action?: OneOrMore;
  NotAction?: OneOrMore;
  Resource?: OneOrMore;
  NotResource?: OneOrMore;
  Condition?: ConditionBlock;
}

/** A permission of the gateway as a statement of a policy. */
export const toStatement = ({ actions, resources, conditions }: Permission): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  Condition: conditions,
});

/** One action on one resource that a request needs; a request may need several. */
export interface Access {
  /** Such as `dynamodb:GetItem`. */
  action: string;
  /** ARN, or `*` for what has none. */
  resource: string;
  context?: RequestContext;
}

/** Where a statement of a policy matched. */
export interface Match {
  /** Place of the statement in its policy. */
  statement: number;
  /** The action and the resource as the statement writes them. */
  action: string;
  resource: string;
}

/** The statements of one policy, ready to be asked. */
export interface Policy {
  /** The statements of an effect that match, in their order; the first only unless all are wanted. */
  find(effect: Statement['Effect'], access: Access, context: RequestContext, all?: boolean): Match[];
}

interface Compiled {
  index: number;
  effect: Statement['Effect'];
  actions: Patterns;
  resources: Patterns;
  isAbout(principal: string): boolean;
  holds: ConditionMatcher;
}

interface Patterns {
  /** The pattern that covers a text; undefined if none does. */
  find(text: string): string | undefined;
}

const toList = (value: OneOrMore): readonly string[] => (typeof value === 'string' ? [value] : value);

const compilePatterns = (
  patterns: OneOrMore | undefined,
  excluded: OneOrMore | undefined,
  compile: (pattern: string) => Matcher,
): Patterns => {
  const entries = toList(patterns ?? excluded ?? []).map((pattern) => ({ pattern, matches: compile(pattern) }));
  const covering = (text: string) => entries.find(({ matches }) => matches(text))?.pattern;
  if (patterns !== undefined) return { find: covering };
  return {
    find: (text) => (covering(text) === undefined ? `not ${entries.map(({ pattern }) => pattern)}` : undefined),
  };
};

// The names of actions have no case.
const compileAction = (pattern: string): Matcher => {
  const matches = compilePattern(pattern.toLowerCase());
  return (action) => matches(action.toLowerCase());
};

const compileResource = (pattern: string): Matcher => {
  if (pattern.includes('${')) throw new Error(`IAM here knows no policy variables: ${pattern}`);
  return compilePattern(pattern);
};

const compileStatement = (statement: Statement, index: number): Compiled => {
  const { Principal } = statement;
  const named = Principal === undefined || Principal === '*' ? ['*'] : Object.values(Principal).flatMap(toList);
  return {
    index,
    effect: statement.Effect,
    actions: compilePatterns(statement.Action, statement.NotAction, compileAction),
    resources: compilePatterns(statement.Resource, statement.NotResource, compileResource),
    isAbout: (principal) => named.includes('*') || named.includes(principal),
    holds: compileConditions(statement.Condition),
  };
};

/**
 * Compiles the statements of a policy.
 *
 * @throws {Error} if a statement has something that is not known here
 */
export const compilePolicy = (statements: readonly Statement[]): Policy => {
  const compiled = statements.map(compileStatement);
  // Most requests are of a few actions: what does not match the action is not looked at again.
  const byAction = new Map<string, readonly Compiled[]>();
  const statementsFor = (action: string): readonly Compiled[] => {
    const found = byAction.get(action) ?? compiled.filter(({ actions }) => actions.find(action) !== undefined);
    byAction.set(action, found);
    return found;
  };
  return {
    find: (effect, { action, resource }, context, all = false) => {
      const matches: Match[] = [];
      for (const statement of statementsFor(action)) {
        if (statement.effect !== effect || !statement.isAbout(String(context['aws:principalarn']))) continue;
        const covered = statement.resources.find(resource);
        if (covered === undefined || !statement.holds(context)) continue;
        matches.push({
          statement: statement.index,
          action: statement.actions.find(action) ?? action,
          resource: covered,
        });
        if (!all) break;
      }
      return matches;
    },
  };
};
