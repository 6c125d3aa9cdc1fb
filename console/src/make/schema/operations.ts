import { describeField, type FormSchemas } from './describe-field.ts';
import type { Field, ObjectField } from './field.ts';
import type { JsonSchema, NamedSchemas } from './json-schema.ts';

interface DescribedParameter {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema: JsonSchema;
}

interface DescribedCall {
  summary?: string;
  description?: string;
  tags?: readonly string[];
  parameters?: readonly DescribedParameter[];
  requestBody?: { content: Readonly<Record<string, { schema?: JsonSchema }>> };
  'x-gateway-operation'?: DescribedOperation;
}

/** What the description says of a call that makes something, beside what OpenAPI has words for. */
interface DescribedOperation {
  name: string;
  promptFields?: readonly string[];
  /** The header that names a model, and the model that is taken without it. */
  model?: { header: string; default?: string };
}

/** The description of the API, `GET /openapi.json`. */
export interface ApiDescription {
  paths: Readonly<Record<string, Readonly<Record<string, DescribedCall>>>>;
  components?: { schemas?: NamedSchemas };
}

/** A call of the gateway that makes something. */
export interface Operation {
  /** The gateway's name for it, which jobs have as `operation`. */
  name: string;
  path: string;
  title: string;
  /** Title of the service. */
  service: string;
  body: ObjectField;
  headers: readonly Field[];
  modelHeader: string | undefined;
  defaultModel: string | undefined;
}

// What the page says by itself: which request this is, and that it does not wait.
const ownHeaders = new Set(['idempotency-key', 'prefer', 'cache-control']);

/** Reads every call that makes something from the description of the API, in its order. */
export const readOperations = ({ paths, components }: ApiDescription): Operation[] =>
  Object.entries(paths).flatMap(([path, { post }]) => {
    const described = post?.['x-gateway-operation'];
    const schema = post?.requestBody?.content['application/json']?.schema;
    if (post === undefined || described === undefined || schema === undefined) return [];
    const form: FormSchemas = { named: components?.schemas ?? {}, promptPlaces: described.promptFields ?? [] };
    const body = describeField(schema, { name: '', place: '', isRequired: true }, form);
    if (body?.kind !== 'object') return [];
    return [
      {
        name: described.name,
        path,
        title: post.summary ?? described.name,
        service: post.tags?.[0] ?? '',
        body,
        headers: (post.parameters ?? []).flatMap((parameter) => describeHeader(parameter, form)),
        modelHeader: described.model?.header,
        defaultModel: described.model?.default,
      },
    ];
  });

const describeHeader = (
  { in: where, name, required = false, schema }: DescribedParameter,
  form: FormSchemas,
): Field[] => {
  if (where !== 'header' || ownHeaders.has(name.toLowerCase())) return [];
  const field = describeField(schema, { name, place: `header ${name}`, isRequired: required }, form);
  return field === undefined ? [] : [field];
};
