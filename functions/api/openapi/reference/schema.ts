import { type Html, html, prose } from './html.ts';

/** What the page reads of a JSON Schema. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** Bodies by their content type. */
export type Bodies = Record<string, { schema: Schema }>;

interface Field {
  path: string;
  required: boolean;
  schema: Schema;
}

/** The fields of bodies, each content type with a table of its own. */
export const bodyTables = (bodies: Bodies): Html =>
  html`${Object.entries(bodies).map(
    ([type, { schema }]) => html`<h5><code>${type}</code> ${typeName(schema)}</h5>${schemaTable(schema)}`,
  )}`;

/** The fields of a schema with their paths, types, limits and meanings; alternatives one after the other. */
export const schemaTable = (schema: Schema): Html => {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    return html`${alternatives.map((each) => html`<p>One of: ${typeName(each)}</p>${schemaTable(each)}`)}`;
  }
  const note = schema.description !== undefined && html`<p>${prose(schema.description)}</p>`;
  const fields = listFields(schema);
  return html`${note}${fields.length > 0 && fieldTable('Field', fields)}`;
};

/** A table of fields or parameters. */
export const fieldTable = (
  title: string,
  fields: readonly Field[],
): Html => html`<div class="scroll" tabindex="0"><table>
<thead><tr><th scope="col">${title}</th><th scope="col">Type</th><th scope="col">Meaning and limits</th></tr></thead>
<tbody>${fields.map(
  ({
    path,
    required,
    schema,
  }) => html`<tr><th scope="row"><code>${path}</code>${required && html` <b>required</b>`}</th>
<td>${typeName(schema)}</td><td>${meaning(schema)}</td></tr>
`,
)}</tbody></table></div>`;

const listFields = (schema: Schema, prefix = ''): Field[] => {
  const inItems = schema.items === undefined ? [] : listFields(schema.items, `${prefix}[]`);
  const rest = schema.additionalProperties;
  const inRest = typeof rest === 'object' ? listFields(rest, `${prefix}.*`) : [];
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const required = schema.required?.includes(name) ?? false;
    return [{ path, required, schema: property }, ...listFields(property, path)];
  });
  return [...own, ...inItems, ...inRest];
};

const typeName = (schema: Schema): Html => {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return html`<a href="#${name}">${name}</a>`;
  }
  if (schema.type === 'array') return html`list of ${typeName(schema.items ?? {})}`;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    return html`${alternatives.map((each, index) => html`${index > 0 && ' or '}${typeName(each)}`)}`;
  }
  const type = [schema.type ?? 'any'].flat().join(' or ');
  return html`${type}${schema.format !== undefined && ` (${schema.format})`}`;
};

const meaning = (schema: Schema): Html => {
  const parts = [prose(schema.description?.replace(/\.$/, '')), limits(schema), limits(schema.items ?? {})];
  const said = parts.filter(({ text }) => text !== '');
  return html`${said.map((part, index) => html`${index > 0 && '. '}${part}`)}`;
};

const limits = (schema: Schema): Html => {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const known: Html[] = [];
  if (schema.const !== undefined) known.push(html`always ${code(schema.const)}`);
  if (schema.enum) known.push(html`${schema.enum.map((value, index) => html`${index > 0 && ', '}${code(value)}`)}`);
  for (const [from, to, unit] of [
    [minimum, maximum, ''],
    [minLength, maxLength, ' characters'],
    [minItems, maxItems, ' of them'],
  ] as const) {
    const range = describeRange(from, to);
    if (range !== '') known.push(html`${range}${unit}`);
  }
  if (schema.default !== undefined) known.push(html`default ${code(schema.default)}`);
  return html`${known.map((each, index) => html`${index > 0 && '; '}${each}`)}`;
};

const describeRange = (from: number | undefined, to: number | undefined): string => {
  if (from === undefined || (from === 0 && to !== undefined)) return to === undefined ? '' : `up to ${to}`;
  if (to === undefined) return `${from} or more`;
  return from === to ? `${from}` : `${from} to ${to}`;
};

const code = (value: unknown): Html => html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;
