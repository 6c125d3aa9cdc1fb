import { describe, expect, it } from 'vitest';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { engines } from '#shared/adobe/services/content-tagging/engines.ts';
import { predict } from '#shared/adobe/services/content-tagging/predict.ts';

const [keywords = '', colors = '', characters = ''] = Object.keys(engines);
const image = { 'repo:path': 's3://bucket/a.jpg', 'dc:format': 'image/jpg' };
const text = {
  'repo:path': 'https://x.blob.core.windows.net/a.pdf',
  'sensei:repoType': 'HTTP',
  'dc:format': 'application/pdf',
};

const request = (engine: string, params: object | undefined, document: object = image) => ({
  'sensei:name': 'test',
  'sensei:engines': [
    {
      'sensei:execution_info': { 'sensei:engine': engine },
      'sensei:inputs': { documents: [document] },
      'sensei:params': params,
    },
  ],
});

describe('a request for Content Tagging', () => {
  it.each([
    [
      'keywords',
      keywords,
      { 'application-id': '1234', top_n: 5, min_key_phrase_length: 1, last_semantic_unit_type: 'concept' },
      text,
    ],
    ['colours', colors, { top_n: 5, min_coverage: 0.005, enable_mask: true, retrieve_tone: 1 }, image],
    ['colours without parameters', colors, undefined, image],
    ['characters', characters, { correct_with_dictionary: true, min_probability: 0.2, min_relevance: 0.01 }, image],
    ['characters without a format', characters, {}, { 'repo:path': 'job:01926f4e-7c1b-7000-8000-0123456789ab/0' }],
  ])('passes: %s', (_, engine, params, document) => {
    expect(checkRequest(predict, request(engine, params, document))).toEqual({ issues: [], warnings: [] });
  });

  const params = 'sensei:engines.0.sensei:params';
  const document = 'sensei:engines.0.sensei:inputs.documents.0';

  it.each([
    [keywords, {}, text, `${params}.application-id`],
    [keywords, { 'application-id': '1', last_semantic_unit_type: 'word' }, text, `${params}.last_semantic_unit_type`],
    [keywords, { 'application-id': '1' }, image, `${document}.dc:format`],
    [colors, { top_n: -1 }, image, `${params}.top_n`],
    [colors, { min_coverage: 2 }, image, `${params}.min_coverage`],
    [colors, { enable_mask: 'yes' }, image, `${params}.enable_mask`],
    [colors, {}, { 'repo:path': 's3://bucket/a.jpg' }, `${document}.dc:format`],
    [characters, { min_probability: -1 }, image, `${params}.min_probability`],
    [characters, {}, { 'dc:format': 'image/png' }, `${document}.repo:path`],
    [characters, {}, { ...image, 'sensei:repoType': 'FTP' }, `${document}.sensei:repoType`],
    ['Feature:autocrop', {}, image, 'sensei:engines.0.sensei:execution_info.sensei:engine'],
  ])('is refused for what %s would not take: %j', (engine, given, file, field) => {
    const { issues } = checkRequest(predict, request(engine, given, file));
    expect(issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });

  it('passes on what Adobe does not document, and says so', () => {
    const own = 'Feature:own-engine:Service-00000000000000000000000000000000';
    expect(checkRequest(predict, request(own, { anything: 1 })).issues).toEqual([]);
    expect(checkRequest(predict, request(own, { anything: 1 })).warnings).toEqual([expect.stringContaining('engine')]);
    expect(checkRequest(predict, request(colors, { hue: 1 })).warnings).toEqual([expect.stringContaining('hue')]);
  });
});

describe('what is sent', () => {
  it.each([
    [colors, 59],
    [characters, 120],
  ])('is a form with one part, and how long it may take: %s', async (engine, seconds) => {
    const json = JSON.stringify(request(engine, { top_n: 1 }));
    const { body, headers } = predict.encode?.(json) ?? { body: '', headers: {} };
    expect(headers).toMatchObject({ prefer: `respond-async, wait=${seconds}` });
    const form = await new Response(body, { headers }).formData();
    expect([...form.keys()]).toEqual(['contentAnalyzerRequests']);
    const part = form.get('contentAnalyzerRequests');
    expect(typeof part === 'string' ? part : await part?.text()).toBe(json);
    expect(predict.synchronous?.answerSeconds(JSON.parse(json))).toBeGreaterThan(seconds);
  });
});

describe('a form of a caller', () => {
  const replace = (body: unknown) =>
    predict.form?.replaceFiles(body, (part) => (part === 'infile_1' ? 's3://own/uploads/1.jpg' : undefined));
  const inForm = (part: string) =>
    request(colors, {}, { 'sensei:multipart_field_name': part, 'dc:format': 'image/jpg' });

  it('names its files by where they are stored', () => {
    const source = { 'repo:path': 's3://own/uploads/1.jpg', 'sensei:repoType': 'HTTP', 'dc:format': 'image/jpg' };
    expect(replace(inForm('infile_1'))).toEqual(request(colors, {}, source));
  });

  it('stays as it is where it names no file of the form, or is malformed', () => {
    for (const body of [inForm('infile_2'), request(colors, {}), null, [], { 'sensei:engines': [null, {}] }]) {
      expect(replace(body)).toEqual(body);
    }
  });
});
