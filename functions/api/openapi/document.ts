import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
} from 'zod-openapi';
import { once } from '#shared/once.ts';
import { problem } from '../http/problem.ts';
import { type AnswerDescription, type Content, type ErrorStatus, tags } from '../http/route-description.ts';
import type { Route } from '../http/router.ts';
import { type MessageDescription, messageDescriptions, messageHeaders } from '../webhooks/view.ts';

/** The description of the API (OpenAPI 3.1), made of the same schemas that validate requests and type answers. */
export const openApiDocument = (routes: readonly Route[], version: string) => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describeCall(route) };
  }
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'firefly-gateway',
      version,
      description:
        "Adobe Firefly Services with Adobe's paths and bodies, in your own AWS account. Requests wait their turn under Adobe's " +
        'limit, are submitted once, and their outputs stay in your S3 bucket.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { sigv4: [] }],
    tags: Object.entries(tags)
      .filter(([name]) => name === 'Webhooks' || routes.some(({ describe }) => describe.tag === name))
      .map(([name, description]) => ({ name, description })),
    paths,
    webhooks: mapValues(messageDescriptions, (message) => ({ post: describeMessage(message) })),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'In JWT mode: an OpenID Connect token' },
        sigv4: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'In IAM mode: AWS Signature Version 4, service `execute-api`',
        },
      },
    },
  };
  return createDocument(document, { override: tidy });
};

const problemAnswer: AnswerDescription = { description: 'Error', content: { 'application/problem+json': problem } };

const serviceProblem = once(() =>
  z.looseObject({}).meta({
    id: 'ServiceProblem',
    description:
      'An error of the form that the service documents; the members of Problem stand beside where their names differ',
  }),
);

const serviceProblemAnswer: AnswerDescription = {
  description: 'Error',
  content: { 'application/problem+json': serviceProblem },
};

// API Gateway sets no other body for what it refuses itself.
const withTooLarge = ({ content }: AnswerDescription): AnswerDescription => ({
  description:
    'Too large; `POST /uploads` gives a form for larger images. API Gateway itself answers, without naming it, to a body over ' +
    '10 MB, or over 6 MB as it is passed on (in base64 if it is binary, so from 4.5 MB on)',
  content: {
    ...content,
    'application/json': () => z.object({ message: z.string().meta({ example: 'Request Entity Too Large' }) }),
  },
});

const describeCall = (route: Route): ZodOpenApiOperationObject => {
  const {
    tag,
    summary,
    description,
    query,
    headers,
    body,
    answers,
    errors = [],
    open = false,
    hasServiceErrors,
    operation,
  } = route.describe;
  const errorAnswer = hasServiceErrors === true ? serviceProblemAnswer : problemAnswer;
  const pathParameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, z.string()]);
  const failures: readonly ErrorStatus[] = open ? [500, 504, ...errors] : [400, 401, 429, 500, 503, 504, ...errors];
  return {
    operationId: buildOperationId(route),
    tags: [tag],
    summary,
    description,
    requestParams: {
      path: z.object(Object.fromEntries(pathParameters)),
      ...(query && { query: query() }),
      ...(headers && { header: headers() }),
    },
    requestBody: body && { required: true, content: describeContent(body) },
    responses: mapValues(
      {
        ...answers,
        ...Object.fromEntries(
          failures.map((status) => [status, status === 413 ? withTooLarge(errorAnswer) : errorAnswer]),
        ),
      },
      describeAnswer,
    ),
    security: open ? [] : undefined,
    ...(operation && { 'x-gateway-operation': operation }),
  };
};

/** Method and path as one word, such as `getJobsJobIdOutputsIndex`, by which generated clients name the call. */
const buildOperationId = ({ method, path }: Route): string =>
  method.toLowerCase() +
  path
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');

const describeAnswer = ({ description, content, headers }: AnswerDescription) => ({
  description,
  headers: headers && mapValues(headers, (text) => ({ description: text, schema: { type: 'string' as const } })),
  content: content && describeContent(content),
});

const describeContent = (content: Content) =>
  mapValues(content, (getSchema) => ({
    schema: getSchema === 'binary' ? { type: 'string' as const, format: 'binary' } : getSchema(),
  }));

const describeMessage = ({ summary, body }: MessageDescription): ZodOpenApiOperationObject => ({
  tags: ['Webhooks'],
  summary,
  requestParams: { header: messageHeaders() },
  requestBody: { required: true, content: describeContent({ 'application/json': body }) },
  responses: {
    '2XX': { description: 'Received; any other answer is followed by another attempt' },
    410: { description: 'Gone: the webhook is disabled' },
  },
  security: [],
});

/** Unknown fields of requests are passed on, and whole numbers are not limited by what JavaScript can count to. */
const tidy: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  if (io === 'input' || jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};

const mapValues = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
