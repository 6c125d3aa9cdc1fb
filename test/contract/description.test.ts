import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createRoutes } from '#functions/api/app.ts';
import { openApiDocument } from '#functions/api/openapi/document.ts';
import { startApi } from '#test/integration/functions/api/fixture.ts';

type Schema = {
  $ref?: string;
  allOf?: Schema[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  default?: unknown;
};
type Call = {
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
};
type Document = { paths: Record<string, Record<string, Call>>; components: { schemas: Record<string, Schema> } };

// Where Adobe's OpenAPI files lie, if they are at hand.
const { ADOBE_OPENAPI_DIRECTORY: directory } = process.env;

/** A schema with its references followed and its parts put together. */
const whole = (document: Document, schema: Schema = {}): Schema => {
  const { $ref, allOf = [], ...own } = schema;
  const named = $ref === undefined ? {} : whole(document, document.components.schemas[$ref.split('/').at(-1) ?? '']);
  return Object.assign({}, named, ...allOf.map((part) => whole(document, part)), own);
};

const bounds = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const;

/** What Adobe says of a schema and ours does not, as a list of sentences. */
const missing = (adobe: Document, theirs: Schema, ours: Document, own: Schema, path: string): string[] => {
  const isBody = path.includes('application/json');
  const [expected, actual] = [whole(adobe, theirs), whole(ours, own)];
  const values = (schema: Schema) => schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  const lost = values(expected).filter((value) => !values(actual).includes(value));
  const wider = bounds.filter((bound) => expected[bound] !== undefined && expected[bound] !== actual[bound]);
  // The defaults of headers and queries are settings, or not sent.
  const isOther = isBody && expected.default !== undefined && !isDeepStrictEqual(expected.default, actual.default);
  return [
    ...(isOther ? [`${path}: the default is ${JSON.stringify(actual.default)}`] : []),
    ...lost.map((value) => `${path}: ${String(value)} is not allowed`),
    ...wider.map((bound) => `${path}: ${bound} is ${actual[bound]}, at Adobe ${expected[bound]}`),
    ...(expected.required ?? [])
      .filter((name) => !actual.required?.includes(name))
      .map((name) => `${path}.${name}: not required`),
    ...Object.entries(expected.properties ?? {}).flatMap(([name, property]) => {
      const found = actual.properties?.[name];
      return found === undefined
        ? [`${path}.${name}: unknown`]
        : missing(adobe, property, ours, found, `${path}.${name}`);
    }),
    ...(expected.items === undefined ? [] : missing(adobe, expected.items, ours, actual.items ?? {}, `${path}[]`)),
  ];
};

// What Adobe's file says in words where its schema says something else.
const fromAdobesText = [
  ...['height', 'width'].map(
    (side) => `post /v3/images/expand-async application/json.size.${side}: maximum is 3999, at Adobe 4096`,
  ),
  // Either this or the deprecated image.mask, which its tutorials use.
  'post /v3/images/fill-async application/json.mask: not required',
];

describe("the description of the API beside Adobe's own", () => {
  it.runIf(directory !== undefined)('has every path, method, required field, limit and enum of it', async () => {
    const adobe = JSON.parse(readFileSync(join(directory ?? '', 'firefly-api.json'), 'utf8')) as Document;
    const api = await startApi();
    const ours = openApiDocument(createRoutes(api.context), '1.0.0') as unknown as Document;
    await api.close();
    const differences = Object.entries(adobe.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, call]) => {
        const own = ours.paths[path]?.[method];
        const name = `${method} ${path}`;
        if (own === undefined) return [`${name}: missing`];
        const lost = Object.keys(call.responses).filter((status) => /^2/.test(status) && !(status in own.responses));
        // The gateway sends the first of these itself, and the second is a caller's token, which it does not pass on.
        const parameters = (call.parameters ?? []).filter(
          ({ name: parameter }) => !['content-type', 'x-request-id', 'x-user-token', 'jobId'].includes(parameter),
        );
        return [
          ...lost.map((status) => `${name}: no answer ${status}`),
          ...parameters.flatMap((parameter) => {
            const found = own.parameters?.find((each) => each.name === parameter.name);
            if (found === undefined) return [`${name}: no ${parameter.in} ${parameter.name}`];
            return missing(adobe, parameter.schema ?? {}, ours, found.schema ?? {}, `${name} ${parameter.name}`);
          }),
          ...Object.entries(call.requestBody?.content ?? {})
            .filter(([type]) => type !== 'multipart/form-data')
            .flatMap(([type, { schema }]) =>
              missing(adobe, schema, ours, own.requestBody?.content[type]?.schema ?? {}, `${name} ${type}`),
            ),
        ];
      }),
    );
    expect(differences).toEqual(fromAdobesText);
  });
});
