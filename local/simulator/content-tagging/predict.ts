import * as z from 'zod';
import { type Answer, json, Refusal } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { ServiceJob, ServiceOperation } from '../service/definition.ts';

const colors = 'Feature:autocrop:Service-af865523d46547e2b17fdf9b38e32a72';
const keywords = 'Feature:cintel-ner:Service-1e9081c865214d1e8bace51dd918b5c0';
const characters = 'Feature:cintel-object-detection:Service-b9ace8b348b6433e9e7d82371aa16690';

const document = z
  .looseObject({
    'repo:path': z.string().optional(),
    'sensei:multipart_field_name': z.string().optional(),
    'sensei:repoType': z.enum(['HTTP', 'HTTPS']).optional(),
    'dc:format': z.string().optional(),
  })
  .refine((given) => (given['repo:path'] === undefined) !== (given['sensei:multipart_field_name'] === undefined));

const requests = z.looseObject({
  'sensei:engines': z
    .array(
      z.looseObject({
        'sensei:execution_info': z.looseObject({ 'sensei:engine': z.enum([colors, keywords, characters]) }),
        'sensei:inputs': z.looseObject({ documents: z.array(document).min(1) }),
        'sensei:params': z.looseObject({ top_n: z.int().min(0).optional() }).optional(),
      }),
    )
    .min(1),
});

type Call = z.output<typeof requests>['sensei:engines'][number];

const callsOf = (body: unknown): Call[] => requests.parse(body)['sensei:engines'];

const documentsOf = (call: Call) => call['sensei:inputs'].documents;

const badRequest = (message: string): Refusal => new Refusal(json(400, { error_code: 'bad_request', message }));

const part =
  /^\r\nContent-Disposition: form-data; name="contentAnalyzerRequests"(?:\r\n[^\r\n]+)*\r\n\r\n([\s\S]*)\r\n$/;

/** The part of the form that holds the request; Adobe documents no other way to send it. */
const readForm = ({ headers, body }: ReceivedRequest): unknown => {
  const [, boundary] = /^multipart\/form-data; *boundary="?([^";]+)"?$/.exec(headers['content-type'] ?? '') ?? [];
  if (boundary === undefined) throw badRequest('The request is no form');
  const found = body
    .toString('utf8')
    .split(`--${boundary}`)
    .flatMap((text) => part.exec(text)?.[1] ?? []);
  try {
    return JSON.parse(found[0] ?? '');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest('contentAnalyzerRequests is missing or no JSON');
  }
};

const white = { White: { coverage: 0.5834, rgb: { red: 254, green: 254, blue: 243 } } };

const findings: Record<string, (call: Call) => unknown> = {
  [colors]: (call) => documentsOf(call).map(() => ({ overall: { colors: white } })),
  [keywords]: (call) =>
    documentsOf(call).map(() => ({ key_phrases: [{ name: 'Canada', type: 'GPE', relevance: 0.95 }], word_count: 183 })),
  [characters]: (call) =>
    documentsOf(call).map((_, index) => ({
      is_text_present: 1,
      tags: [{ text: 'yosemite', relevance: 0.056 }],
      request_element_id: index,
    })),
};

const engineOf = (call: Call): string => call['sensei:execution_info']['sensei:engine'];

/** Adobe answers 200 whatever came of the engines, and says it of each. */
const accept = (job: ServiceJob): Answer => {
  const calls = callsOf(job.request);
  const statuses = calls.map((call) => ({
    'sensei:engine': engineOf(call),
    invocations: [
      {
        ...(!job.error && {
          'sensei:outputs': { result: { 'sensei:multipart_field_name': 'result', 'dc:format': 'application/json' } },
        }),
        message: job.error?.message ?? null,
        status: job.error === undefined ? '200' : '500',
      },
    ],
  }));
  const response = { statuses, request_id: job.jobId };
  if (job.error !== undefined) return json(200, { contentAnalyzerResponse: response });
  const result = calls.flatMap((call) => findings[engineOf(call)]?.(call) ?? []);
  // Printed for colours as two texts after each other, for the others as one.
  if (calls.some((call) => engineOf(call) === colors)) {
    const body = `${JSON.stringify(response)}\n\n${JSON.stringify(result)}\n`;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  return json(200, { contentAnalyzerResponse: response, result });
};

/** `POST /services/v2/predict`: held open until the engines are done. */
export const predict: ServiceOperation = {
  path: '/services/v2/predict',
  quotas: ['content-tagging'],
  body: requests,
  readBody: readForm,
  requiredHeaders: ['prefer'],
  inputs: (body) =>
    callsOf(body).flatMap((call, n) =>
      documentsOf(call).flatMap((each, index) =>
        each['repo:path'] === undefined
          ? []
          : [
              {
                path: ['sensei:engines', n, 'sensei:inputs', 'documents', index, 'repo:path'],
                url: each['repo:path'],
              },
            ],
      ),
    ),
  outputs: () => [],
  prompt: (body) => String(requests.parse(body)['sensei:name'] ?? ''),
  // It has none; no job is ever asked about.
  statusPath: '/services/v2/predict/{jobId}',
  status: () => ({}),
  accept,
  isSynchronous: true,
};
