import { expect, it } from 'vitest';
import { limitFinished } from '#functions/generate/adobe-answer.ts';

const outputs = (count: number) => Array.from({ length: count }, (_, index) => ({ url: `https://host/${index}` }));

it('keeps as many outputs as a job can hold, and has an error for the others', () => {
  const answer = { kind: 'succeeded', result: {} } as const;
  expect(limitFinished({ ...answer, outputs: outputs(1_000) }).outputs).toEqual(outputs(1_000));
  const kept = limitFinished({ ...answer, outputs: outputs(2_500) }).outputs;
  expect(kept.slice(0, 1_000)).toEqual(outputs(1_000));
  expect(kept.slice(1_000)).toEqual([
    { error: { code: 'too_many_outputs', message: expect.stringContaining('2500 outputs') } },
  ]);
});
