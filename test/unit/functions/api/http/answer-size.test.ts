import { expect, it } from 'vitest';
import { checkAnswerSize } from '#functions/api/http/router.ts';

const limit = 6 * 1024 * 1024;

/** An answer that takes so many bytes as Lambda returns it; each quote in its body takes two. */
const ofBytes = (bytes: number) => {
  const answer = { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '' };
  const room = bytes - JSON.stringify(answer).length;
  return { ...answer, body: '"'.repeat(1_000) + 'x'.repeat(room - 2_000) };
};

it('lets an answer of 6 MB pass, and refuses a larger one with what to do', () => {
  expect(JSON.stringify(ofBytes(limit))).toHaveLength(limit);
  expect(checkAnswerSize(ofBytes(limit))).toEqual(ofBytes(limit));
  expect(() => checkAnswerSize(ofBytes(limit + 1))).toThrow(
    expect.objectContaining({ status: 400, code: 'answer_too_large', message: expect.stringContaining('limit') }),
  );
});
