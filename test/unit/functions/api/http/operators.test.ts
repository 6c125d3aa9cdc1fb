import { expect, it } from 'vitest';
import { isOperator } from '#functions/api/http/operators.ts';

it.each([
  ['everybody', false, true],
  ['callers', true, true],
  ['callers', false, false],
  [['alice'], false, true],
  [['bob'], true, false],
  // IAM is asked about each route when it is called.
  ['policy', true, undefined],
] as const)('where operators are %j, a caller whose token says %j is one: %j', (operators, claim, expected) => {
  const setting = typeof operators === 'string' ? operators : [...operators];
  expect(isOperator(setting, { caller: () => 'alice', isOperator: claim })).toBe(expected);
});
