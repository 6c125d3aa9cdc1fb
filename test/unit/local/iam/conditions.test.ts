import { describe, expect, it } from 'vitest';
import { type ConditionBlock, compileConditions, type RequestContext } from '#local/iam/conditions.ts';

const holds = (block: ConditionBlock, context: RequestContext): boolean => compileConditions(block)(context);

describe('a condition with one value in the request', () => {
  it.each<[string, string, string, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEqualsIgnoreCase', 'a', 'A', true],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEqualsIgnoreCase', 'a', 'A', false],
    ['StringLike', 'outputs/*', 'outputs/1', true],
    ['StringNotLike', 'outputs/*', 'outputs/1', false],
    ['ArnEquals', 'arn:aws:iam::1:role/a*', 'arn:aws:iam::1:role/abc', true],
    ['ArnNotEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/b', true],
    ['Bool', 'false', 'false', true],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '10', '10', false],
  ])('%s %s, given %s: %s', (operator, wanted, given, expected) => {
    expect(holds({ [operator]: { 'a:Key': wanted } }, { 'a:key': given })).toBe(expected);
  });

  it('holds for any of several values, and negated for none of them', () => {
    expect(holds({ StringEquals: { key: ['a', 'b'] } }, { key: 'b' })).toBe(true);
    expect(holds({ StringNotEquals: { key: ['a', 'b'] } }, { key: 'b' })).toBe(false);
  });

  it('must hold with all others', () => {
    const block = { StringEquals: { one: 'a', two: 'b' }, StringLike: { three: 'c*' } };
    expect(holds(block, { one: 'a', two: 'b', three: 'c1' })).toBe(true);
    expect(holds(block, { one: 'a', two: 'x', three: 'c1' })).toBe(false);
    expect(holds(block, { one: 'a', two: 'b', three: 'd' })).toBe(false);
  });
});

describe('a key that the request does not have', () => {
  it.each<[string, boolean]>([
    ['StringEquals', false],
    ['StringNotEquals', true],
    ['StringEqualsIfExists', true],
    ['ArnNotEquals', true],
    ['ForAllValues:StringEquals', true],
    ['ForAnyValue:StringEquals', false],
    ['ForAnyValue:StringEqualsIfExists', true],
  ])('%s: %s', (operator, expected) => {
    expect(holds({ [operator]: { key: 'a' } }, {})).toBe(expected);
  });

  it('is what Null asks for', () => {
    expect(holds({ Null: { key: 'true' } }, {})).toBe(true);
    expect(holds({ Null: { key: 'false' } }, {})).toBe(false);
    expect(holds({ Null: { key: 'false' } }, { key: 'a' })).toBe(true);
  });
});

describe('a key with several values', () => {
  it('holds for all of them with ForAllValues, for one with ForAnyValue', () => {
    const context = { key: ['a', 'x'] };
    expect(holds({ 'ForAllValues:StringEquals': { key: ['a', 'b'] } }, context)).toBe(false);
    expect(holds({ 'ForAllValues:StringEquals': { key: ['a', 'b', 'x'] } }, context)).toBe(true);
    expect(holds({ 'ForAnyValue:StringEquals': { key: ['a', 'b'] } }, context)).toBe(true);
    expect(holds({ 'ForAllValues:StringNotEquals': { key: ['b'] } }, context)).toBe(true);
  });
});

it.each<ConditionBlock>([
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  { StringEquals: { key: ['$', '{aws:username}'].join('') } },
])('that is not known here stops the start: %j', (block) => {
  expect(() => compileConditions(block)).toThrow(/knows? (not|no)|does not know/);
});
