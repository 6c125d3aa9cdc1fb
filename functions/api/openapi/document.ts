import type * as z from 'zod';
import { problem } from '../http/problem.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { type MessageDescription, messageDescriptions, messageHeaders } from '../webhooks/messages.ts';
import { type AnswerDescription, type Content, type RouteDescription, tags } from './description.ts';
import { createSchemas, type Json } from './schemas.ts';

/** Method and path as one word, such as `getJobsJobIdOutputsIndex`, by which generated clients name the call. */
const operationIdOf = ({ method, path }: Route): string =>
  method.toLowerCase() +
  path
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');

const anyCallErrors = [400, 401, 500];

/** The description of the API (OpenAPI 3.1), made of the same schemas that validate requests. */
export const openApiDocument = (routes: readonly Route[], version: string): Json => {
  const { components, schemaOf } = createSchemas();
  const contentOf = (content: Content, io: 'input' | 'output'): Json =>
    Object.fromEntries(
      Object.entries(content).map(([type, schema]) => [
        type,
        { schema: schema === 'binary' ? { type: 'string', format: 'binary' } : schemaOf(schema, io) },
      ]),
    );
  const parametersOf = (place: 'query' | 'header', schema: z.ZodObject | undefined): Json[] => {
    const { properties = {}, required = [] } = schema === undefined ? {} : (schemaOf(schema, 'input') as Fields);
    return Object.entries(properties).map(([name, { description, ...property }]) => ({
      name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: property,
    }));
  };
  const answerOf = ({ description, content, headers }: AnswerDescription): Json => ({
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]),
      ),
    }),
    ...(content && { content: contentOf(content, 'output') }),
  });
  const operationOf = (route: Route): Json => {
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
    }: RouteDescription = route.describe;
    const problemAnswer = { description: 'Error', content: { 'application/problem+json': problem } };
    const failures = open ? [] : [...new Set([...anyCallErrors, ...errors])].sort();
    return {
      operationId: operationIdOf(route),
      tags: [tag],
      summary,
      ...(description && { description }),
      parameters: [
        ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
        ...parametersOf('query', query),
        ...parametersOf('header', headers),
      ],
      ...(body && { requestBody: { required: true, content: contentOf(body, 'input') } }),
      responses: Object.fromEntries([
        ...Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)]),
        ...failures.map((status) => [String(status), answerOf(problemAnswer)]),
      ]),
      ...(open && { security: [] }),
    };
  };
  const callOf = ({ summary, body }: MessageDescription): Json => ({
    post: {
      tags: ['Webhooks'],
      summary,
      parameters: parametersOf('header', messageHeaders),
      requestBody: { required: true, content: contentOf({ 'application/json': body }, 'output') },
      responses: {
        '2XX': { description: 'Received; any other answer is followed by another try' },
        410: { description: 'Gone: the webhook is disabled' },
      },
      security: [],
    },
  });
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
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
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    webhooks: Object.fromEntries(Object.entries(messageDescriptions).map(([type, call]) => [type, callOf(call)])),
    components: {
      schemas: components,
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
};

type Fields = { properties?: Record<string, Json>; required?: string[] };

const caching = { 'cache-control': 'public, max-age=300' };

/** The description of the API, made when it is first asked for. */
export const openApiRoute = (routes: readonly Route[], version: string): Route => {
  let document: Record<string, unknown> | undefined;
  const self: Route = {
    method: 'GET',
    path: '/openapi.json',
    describe: {
      tag: 'Operation',
      summary: 'This description',
      answers: { 200: { description: 'OpenAPI 3.1' } },
      open: true,
    },
    handle: async () => {
      document ??= openApiDocument([...routes, self], version);
      return jsonResponse(200, document, caching);
    },
  };
  return self;
};
