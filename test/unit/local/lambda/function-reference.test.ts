import { describe, expect, it } from 'vitest';
import { parseFunctionReference } from '#local/lambda/function-definition.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:generate';

describe('parseFunctionReference', () => {
  it.each([
    ['generate', undefined, { name: 'generate' }],
    ['generate', 'live', { name: 'generate', qualifier: 'live' }],
    ['generate:live', undefined, { name: 'generate', qualifier: 'live' }],
    ['generate:$LATEST', undefined, { name: 'generate', qualifier: '$LATEST' }],
    ['generate:live', 'live', { name: 'generate', qualifier: 'live' }],
    ['function:generate:3', undefined, { name: 'generate', qualifier: '3' }],
    ['000000000000:function:generate', undefined, { name: 'generate' }],
    [arn, undefined, { name: 'generate' }],
    [`${arn}:live`, undefined, { name: 'generate', qualifier: 'live' }],
    [arn, 'live', { name: 'generate', qualifier: 'live' }],
  ])('reads %s with the qualifier %s', (reference, qualifier, expected) => {
    expect(parseFunctionReference(reference, qualifier)).toEqual(expected);
  });

  it.each([
    ['two qualifiers', 'generate:live', 'blue'],
    ['an ARN of another service', 'arn:aws:s3:::bucket', undefined],
    ['an empty name', '', undefined],
    ['a path', '../generate', undefined],
  ])('refuses %s', (_what, reference, qualifier) => {
    expect(() => parseFunctionReference(reference, qualifier)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValueException' }),
    );
  });
});
