import { describe, expect, it } from 'vitest';
import { findOperation, operations } from '#shared/adobe/services/registry.ts';
import type { CallerPolicy } from '#shared/caller-policy.ts';
import { checkPolicy, type PolicySubject } from '#shared/callers/check-policy.ts';
import { checkWords } from '#shared/callers/denied-words.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';

const generate = findOperation('images/generate');
if (generate === undefined) throw new TypeError('There is no images/generate.');

const subject: PolicySubject = {
  operation: generate,
  modelVersion: 'image4_custom',
  body: { prompt: 'a lighthouse', customModelId: 'model-1', numVariations: 3 },
  priority: 'high',
};

const outcomeOf = (policy: CallerPolicy, changes: Partial<PolicySubject> = {}) => {
  try {
    return checkPolicy(policy, { ...subject, ...changes }).priority;
  } catch (error) {
    if (error instanceof PolicyRefusal) return [error.status, error.rule];
    throw error;
  }
};

describe('checkPolicy', () => {
  it.each<[CallerPolicy, Partial<PolicySubject>, unknown]>([
    [{}, {}, 'high'],
    [{ operations: ['images/generate'] }, {}, 'high'],
    [{ operations: ['images/fill'] }, {}, [403, 'operations']],
    [{ operations: [] }, {}, [403, 'operations']],
    [{ modelVersions: ['image4_custom'] }, {}, 'high'],
    [{ modelVersions: ['image3'] }, {}, [403, 'modelVersions']],
    [{ modelVersions: [] }, { modelVersion: undefined }, 'high'],
    [{ customModels: ['model-1'] }, {}, 'high'],
    [{ customModels: [] }, {}, [403, 'customModels']],
    [{ customModels: [] }, { body: { prompt: 'a' } }, 'high'],
    [{ maxVariations: 3 }, {}, 'high'],
    [{ maxVariations: 2 }, {}, [422, 'maxVariations']],
    [{ maxVariations: 1 }, { body: { prompt: 'a' } }, 'high'],
    [{ maxPriority: 'high' }, {}, 'high'],
    [{ maxPriority: 'normal' }, {}, 'normal'],
    [{ maxPriority: 'low' }, {}, 'low'],
    [{ maxPriority: 'normal' }, { priority: 'low' }, 'low'],
  ])('%o with %o: %o', (policy, changes, expected) => {
    expect(outcomeOf(policy, changes)).toEqual(expected);
  });
});

describe('checkWords', () => {
  it('names the field and never the word', () => {
    const check = () => checkWords(subject.operation, subject.body, (text) => text.includes('lighthouse'));
    expect(check).toThrow(expect.objectContaining({ code: 'denied_word', status: 422, field: 'prompt' }));
    expect(check).not.toThrow(/lighthouse/);
  });

  it('looks into lists, and names the place', () => {
    const operation = { promptFields: ['variations[].variables[].text'] };
    const body = {
      variations: [{ variables: [] }, { variables: [{ text: 'fine' }, { text: 'bad' }, { scale: 'bad' }] }],
    };
    expect(() => checkWords(operation, body, (text) => text === 'bad')).toThrow('variations[].variables[].text');
    expect(() => checkWords(operation, body, (text) => text === 'worse')).not.toThrow();
    for (const malformed of [{}, { variations: 'bad' }, { variations: [7, { variables: { text: 'bad' } }] }]) {
      expect(() => checkWords(operation, malformed, () => true)).not.toThrow();
    }
  });

  it.each(operations.filter(({ body }) => 'prompt' in body.shape))('looks at the prompt of $name', (operation) => {
    expect(() => checkWords(operation, { prompt: 'a' }, () => true)).toThrow('prompt');
    expect(() => checkWords(operation, { negativePrompt: 'a' }, () => true)).not.toThrow();
  });
});
