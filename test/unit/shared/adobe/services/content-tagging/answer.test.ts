import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer, taggingResult } from '#shared/adobe/services/content-tagging/answer.ts';
import { taggingDialect } from '#shared/adobe/services/content-tagging/dialect.ts';
import { predict } from '#shared/adobe/services/content-tagging/predict.ts';
import type { UpstreamOutput } from '#shared/adobe/services/outputs.ts';

const engine = 'Feature:autocrop:Service-af865523d46547e2b17fdf9b38e32a72';
const responseOf = (status: string, message: string | null = null) => ({
  statuses: [{ 'sensei:engine': engine, invocations: [{ status, message }] }],
  request_id: 'bfpzaJxKDxtgxpjUj5QDrN1jasjUw2RM',
});
const contentAnalyzerResponse = responseOf('200');
const result = [{ overall: { colors: { White: { coverage: 0.5834 } } } }];

const form = [
  '--part',
  'Content-Disposition: form-data; name="contentAnalyzerResponse"',
  'Content-Type: application/json',
  '',
  JSON.stringify(contentAnalyzerResponse),
  '--part',
  'Content-Disposition: form-data; name="result"',
  '',
  JSON.stringify(result),
  '--part--',
  '',
].join('\r\n');

describe('an answer of Content Tagging', () => {
  it.each([
    ['one JSON text', JSON.stringify({ contentAnalyzerResponse, result }), { contentAnalyzerResponse, result }],
    [
      'two texts',
      `${JSON.stringify(contentAnalyzerResponse, undefined, 4)}  \n \n${JSON.stringify(result)}`,
      { texts: 2, contentAnalyzerResponse, result },
    ],
    [
      'two texts of which the first has a name',
      `${JSON.stringify({ contentAnalyzerResponse })}${JSON.stringify(result)}`,
      { texts: 2, contentAnalyzerResponse, result },
    ],
    ['a form', form, { texts: 2, contentAnalyzerResponse, result }],
    ['statuses alone', JSON.stringify({ contentAnalyzerResponse }), { contentAnalyzerResponse, result: undefined }],
  ])('is read from %s', (_, text, answer) => {
    expect(readAnswer(text)).toEqual(answer);
  });

  it.each(['{ [ 1 ] }', 'plain words', '[1, 2]', '{"other": 1}', '{"statuses": []', '--part\r\nodd', '"'])(
    'is kept as it came if it cannot be read: %j',
    (text) => {
      expect(readAnswer(text)).toEqual({ unread: text });
      const [output] = taggingResult.read(readAnswer(text))?.outputs ?? [];
      const { content, contentType } = (output as UpstreamOutput).embedded ?? {};
      expect(contentType).toBe('text/plain');
      expect(new TextDecoder().decode(content)).toBe(text);
    },
  );

  it.each(['', ' \n'])('is none in %j', (text) => {
    expect(readAnswer(text)).toBeUndefined();
  });

  it('is found whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), fc.constantFrom('', '\n', ' \r\n '), (found, name, gap) => {
        const first = { ...contentAnalyzerResponse, name };
        expect(readAnswer(`${JSON.stringify(first)}${gap}${found}`)).toEqual({
          texts: 2,
          contentAnalyzerResponse: first,
          result: JSON.parse(found),
        });
      }),
    );
  });
});

describe('what an answer says of its job', () => {
  const read = (answer: unknown) => taggingDialect.readStatus(answer, predict);

  it('is success with what was found in a file, and nothing of it beside', () => {
    const progress = read({ contentAnalyzerResponse, result });
    expect(progress).toMatchObject({ kind: 'succeeded', result: { contentAnalyzerResponse } });
    expect(JSON.stringify(progress)).not.toContain('White');
  });

  it('is failure with the reason of the engine', () => {
    expect(read({ contentAnalyzerResponse: responseOf('422', 'No image.') })).toEqual({
      kind: 'failed',
      code: 'invocation_422',
      message: 'No image.',
    });
    expect(read({ contentAnalyzerResponse: responseOf('500') })).toMatchObject({ code: 'invocation_500' });
  });

  it('is partial success where an engine failed and another did not', () => {
    expect(read({ contentAnalyzerResponse: responseOf('500', 'Too dark.'), result })).toMatchObject({
      kind: 'succeeded',
      isPartial: true,
      reason: { code: 'invocation_500', message: 'Too dark.' },
    });
  });

  it.each([undefined, null, 'text'])('is nothing in %j', (answer) => {
    expect(read(answer)).toMatchObject({ kind: 'failed', code: 'result_not_understood' });
  });
});

describe('the result for callers', () => {
  const content = new TextEncoder().encode(JSON.stringify(result));
  const url = 'https://bucket.s3.us-east-1.amazonaws.com/0.json';

  it('has what was found, or where it lies', () => {
    expect(taggingResult.present({ contentAnalyzerResponse }, [{ index: 0, url, content }])).toEqual({
      contentAnalyzerResponse,
      result,
    });
    expect(taggingResult.present({ contentAnalyzerResponse }, [{ index: 0, url }])).toEqual({
      contentAnalyzerResponse,
      resultUrl: url,
    });
  });

  it('is two texts for those who wait where Adobe wrote two', () => {
    const job = {
      jobId: '1',
      phase: 'succeeded',
      createdAt: '',
      updatedAt: '',
      links: { statusUrl: '', cancelUrl: '' },
    } as const;
    const write = (texts: number | undefined) =>
      taggingDialect.writeResult?.({ ...job, result: { texts, contentAnalyzerResponse, result } }, predict);
    expect(write(2)).toBe(`${JSON.stringify(contentAnalyzerResponse)}\n${JSON.stringify(result)}\n`);
    expect(write(undefined)).toBeUndefined();
  });
});
