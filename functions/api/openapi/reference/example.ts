import type { Bodies, Schema } from './schema.ts';

/** What an example needs to know of a call. */
export interface ExampleCall {
  method: string;
  path: string;
  bodies: Bodies | undefined;
  open: boolean;
  schemas: Readonly<Record<string, Schema>>;
}

/** A call with curl, for a POSIX shell in which `GATEWAY` and the list `AUTH` are set. */
export const curlExample = ({ method, path, bodies, open, schemas }: ExampleCall): string => {
  const target = `"$GATEWAY${path.replace(/\{(\w+)\}/g, '<$1>')}"`;
  const lines = [`curl -sS${method === 'GET' ? '' : ` -X ${method}`} ${target}`];
  if (!open) lines.push(`"\${AUTH[@]}"`);
  const [type, body] = chooseBody(bodies);
  if (type !== undefined && body !== undefined) {
    lines.push(`-H 'content-type: ${type}'`, dataOption(type, body.schema, schemas));
  }
  return lines.join(' \\\n  ');
};

const chooseBody = (bodies: Bodies = {}): [string?, { schema: Schema }?] =>
  Object.entries(bodies).find(([type]) => type === 'application/json') ?? Object.entries(bodies)[0] ?? [];

const dataOption = (type: string, schema: Schema, schemas: Readonly<Record<string, Schema>>): string =>
  /json/.test(type) ? `-d '${JSON.stringify(exampleOf(schema, schemas))}'` : '--data-binary @<file>';

// What a person would write there; other fields get a value of their type.
const values: Readonly<Record<string, unknown>> = {
  prompt: 'a fox in the snow',
  source: 's3://<bucket>/<key>',
  body: { prompt: 'a fox in the snow' },
};

const exampleOf = (schema: Schema, schemas: Readonly<Record<string, Schema>>, name = ''): unknown => {
  if (schema.$ref !== undefined) return exampleOf(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas, name);
  const [alternative] = schema.anyOf ?? schema.oneOf ?? [];
  if (alternative !== undefined) return exampleOf(alternative, schemas, name);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties !== undefined && Object.keys(schema.properties).length > 0) {
    // Of fields of which none is required, such as `uploadId` and `url` of a source, one is given.
    const names = schema.required ?? Object.keys(schema.properties).slice(0, name === '' ? 0 : 1);
    return Object.fromEntries(
      names.map((each) => [each, exampleOf(schema.properties?.[each] ?? {}, schemas, each)] as const),
    );
  }
  return Object.hasOwn(values, name) ? values[name] : typedExample(schema, schemas, name);
};

const typedExample = (schema: Schema, schemas: Readonly<Record<string, Schema>>, name: string): unknown => {
  switch ([schema.type].flat()[0]) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return [exampleOf(schema.items ?? {}, schemas, name)];
    case 'object':
      return {};
    default:
      return schema.format === 'uuid' || schema.format === 'uri' ? `<${schema.format}>` : `<${name}>`;
  }
};
