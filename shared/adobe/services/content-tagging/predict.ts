import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { once } from '../../../once.ts';
import { asFields, asList } from '../body-fields.ts';
import { defineOperation, type RuleFinding } from '../operation.ts';
import { readAnswer, taggingResult } from './answer.ts';
import { taggingAcceptance } from './dialect.ts';
import { type Engine, engineName, findEngine } from './engines.ts';

/** The part of a form that holds the request (Adobe). */
const requestPart = 'contentAnalyzerRequests';

const document = once(() =>
  z.strictObject({
    /** A presigned URL, or what the gateway makes one of: `s3://bucket/key`, `job:<jobId>/<n>`. */
    'repo:path': z.string().min(1),
    'sensei:repoType': z.enum(['HTTP', 'HTTPS']).optional(),
    'dc:format': z.string().optional(),
  }),
);

const partOfAnswer = once(() =>
  z.strictObject({ 'sensei:multipart_field_name': z.string(), 'dc:format': z.string().optional() }),
);

const engineCall = once(() =>
  z.strictObject({
    'sensei:execution_info': z.strictObject({ 'sensei:engine': engineName() }),
    'sensei:inputs': z.strictObject({ documents: z.array(document()).min(1) }),
    'sensei:params': z.looseObject({}).optional().meta({ description: 'As the engine describes them' }),
    'sensei:outputs': z.strictObject({ result: partOfAnswer() }).optional(),
  }),
);

/** A call of an engine in a request that may be malformed, with the path to it. */
interface FoundCall {
  path: (string | number)[];
  engine: Engine | undefined;
  params: unknown;
  documents: readonly unknown[];
}

const findCalls = (body: unknown): FoundCall[] =>
  asList(asFields(body)['sensei:engines']).map((call, index) => {
    const fields = asFields(call);
    return {
      path: ['sensei:engines', index],
      engine: findEngine(asFields(fields['sensei:execution_info'])['sensei:engine']),
      params: fields['sensei:params'] ?? {},
      documents: asList(asFields(fields['sensei:inputs'])['documents']),
    };
  });

/** Changes every document of a request that may be malformed. */
const mapDocuments = (body: unknown, change: (document: unknown) => unknown): unknown =>
  mapList(body, 'sensei:engines', (call) =>
    mapField(call, 'sensei:inputs', (given) => mapList(given, 'documents', change)),
  );

const mapField = (value: unknown, field: string, change: (inner: unknown) => unknown): unknown =>
  field in asFields(value) ? { ...asFields(value), [field]: change(asFields(value)[field]) } : value;

const mapList = (value: unknown, field: string, change: (item: unknown) => unknown): unknown =>
  mapField(value, field, (inner) => (Array.isArray(inner) ? inner.map(change) : inner));

/** A document that names a part of the form, by where that part is stored. */
const toSource = (document: unknown, findUrl: (part: string) => string | undefined): unknown => {
  const { 'sensei:multipart_field_name': part, ...others } = asFields(document);
  const url = typeof part === 'string' ? findUrl(part) : undefined;
  return url === undefined ? document : { 'repo:path': url, 'sensei:repoType': 'HTTP', ...others };
};

const checkParams = ({ path, engine, params }: FoundCall): RuleFinding[] =>
  (engine?.params().safeParse(params).error?.issues ?? [])
    .filter(({ code }) => code !== 'unrecognized_keys')
    .map(({ path: inner, message }) => ({ path: [...path, 'sensei:params', ...inner.map(toStep)], message }));

const toStep = (step: PropertyKey): string | number => (typeof step === 'symbol' ? String(step) : step);

const checkFormats = ({ path, engine, documents }: FoundCall): RuleFinding[] =>
  documents.flatMap((each, index) => {
    const format = asFields(each)['dc:format'];
    const field = [...path, 'sensei:inputs', 'documents', index, 'dc:format'];
    if (engine === undefined || (format === undefined && !engine.requiresFormat)) return [];
    if (format === undefined) return [{ path: field, message: 'field required' }];
    return typeof format === 'string' && !engine.formats.includes(format)
      ? [{ path: field, message: `the engine takes ${engine.formats.join(', ')}` }]
      : [];
  });

const warnOfCall = ({ engine, params, path }: FoundCall): string[] => {
  if (engine === undefined) return ['Adobe does not document the engine; its parameters are passed on unchanged.'];
  const known = Object.keys(engine.params().shape);
  return Object.keys(asFields(params))
    .filter((name) => !known.includes(name))
    .map(
      (name) =>
        `Adobe does not document the parameter ${[...path, 'sensei:params', name.slice(0, 200).toWellFormed()].join('.')}; it is passed on unchanged.`,
    );
};

const usualWaitSeconds = 59;

const findWait = (body: unknown): number =>
  Math.max(usualWaitSeconds, ...findCalls(body).map(({ engine }) => engine?.waitSeconds ?? usualWaitSeconds));

// What is beside the engine's own time: the way there and back.
const marginSeconds = 10;

/** Adobe: `POST /services/v2/predict`: what a text is about, which colours an image has, what is written in it. */
export const predict = defineOperation({
  name: 'content-tagging/predict',
  title: 'Find keywords, colours, or text in images',
  path: '/services/v2/predict',
  // Adobe answers with the result, and so does the gateway if it comes in time.
  waitPath: '/services/v2/predict',
  body: () =>
    z.strictObject({
      'sensei:name': z.string().optional(),
      'sensei:invocation_mode': z.enum(['synchronous', 'asynchronous']).optional(),
      'sensei:invocation_batch': z.boolean().optional(),
      'sensei:engines': z.array(engineCall()).min(1).max(16),
    }),
  form: { part: requestPart, replaceFiles: (body, findUrl) => mapDocuments(body, (each) => toSource(each, findUrl)) },
  rules: (body) => findCalls(body).flatMap((call) => [...checkParams(call), ...checkFormats(call)]),
  warnings: (body) => findCalls(body).flatMap(warnOfCall),
  encode: (text) => encodeForm(text, findWait(JSON.parse(text))),
  synchronous: { answerSeconds: (body) => findWait(body) + marginSeconds, parse: readAnswer },
  accepts: taggingAcceptance,
  result: taggingResult,
  polling: { firstPollSeconds: 1, pollCeilingSeconds: 1, timeoutSeconds: 300 },
});

/** The only form in which Adobe takes requests. */
const encodeForm = (text: string, waitSeconds: number) => {
  const boundary = randomUUID();
  return {
    body: [
      `--${boundary}`,
      `Content-Disposition: form-data; name="${requestPart}"`,
      'Content-Type: application/json',
      '',
      text,
      `--${boundary}--`,
      '',
    ].join('\r\n'),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      prefer: `respond-async, wait=${waitSeconds}`,
    },
  };
};
