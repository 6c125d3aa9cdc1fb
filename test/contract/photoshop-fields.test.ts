import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { image } from '#shared/adobe/services/image/service.ts';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';

type Fields = Record<string, unknown>;
type Schema = {
  $ref?: string;
  type?: string;
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
};
type Call = { requestBody: { content: Record<string, { schema: Schema }> } };
type Document = { paths: Record<string, { post?: Call }>; components: { schemas: Record<string, Schema> } };

// Where Adobe's OpenAPI files lie, if they are at hand.
const { ADOBE_OPENAPI_DIRECTORY: directory } = process.env;

const open = (name: string): Document => JSON.parse(readFileSync(join(directory ?? '', name), 'utf8'));

/** What the description leaves to its prose, by the names of schemas and fields. */
const texts: Record<string, string> = {
  url: 'https://bucket.s3.eu-west-1.amazonaws.com/a',
  creativeCloudProjectId: 'urn:aaid:sc:US:1',
  creativeCloudFileId: 'urn:aaid:sc:US:2',
  lightroomPath: '/v2/catalogs/1',
};
const deepest = 12;

/** Values that a description allows; `depth` ends its recursion. */
const valuesOf = (document: Document, schema: Schema, name = '', depth = 0): fc.Arbitrary<unknown> => {
  const merged = whole(document, schema);
  const next = (inner: Schema, of = '') => valuesOf(document, inner, of, depth + 1);
  if (merged.oneOf !== undefined && merged.properties === undefined)
    return fc.oneof(...merged.oneOf.map((one) => next(one, name)));
  if (merged.enum !== undefined) return fc.constantFrom(...merged.enum);
  const { minimum: min = -1000, maximum: max = 1000, minItems = 0, maxItems = 2 } = merged;
  switch (merged.type) {
    case 'string':
      if (texts[name] !== undefined) return fc.constant(texts[name]);
      return fc.string({
        minLength: Math.max(merged.minLength ?? 0, 1),
        maxLength: Math.min(merged.maxLength ?? 20, 20),
      });
    case 'integer':
      return fc.integer({ min, max: Math.min(max, 1e6) });
    case 'number':
      if (name === 'zoom') return fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
      return fc.double({ min, max, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      if (depth > deepest) return fc.constant([]);
      return fc.array(next(merged.items ?? {}, name), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, 2)),
      });
    default: {
      const { properties = {}, required = [] } = merged;
      const kept = Object.entries(properties).filter(([field]) => required.includes(field) || depth <= deepest);
      return fc.record(Object.fromEntries(kept.map(([field, inner]) => [field, next(inner, field)])), {
        requiredKeys: required,
      });
    }
  }
};

/** Schemas that stand for one of others, those of one kind, and those that the gateway refuses knowingly. */
const choices: Record<string, string[]> = { IccProfile: ['StandardIccProfile', 'CustomIccProfile'] };
const fixed: Record<string, [field: string, value: string]> = {
  StandardIccProfile: ['type', 'standard'],
  CustomIccProfile: ['type', 'custom'],
  JpegExportOptions: ['mediaType', 'image/jpeg'],
  PngExportOptions: ['mediaType', 'image/png'],
  AddOperation: ['type', 'add'],
  EditOperation: ['type', 'edit'],
  DeleteOperation: ['type', 'delete'],
  MoveOperation: ['type', 'move'],
  AreaFrame: ['type', 'area'],
  PointFrame: ['type', 'point'],
  BrightnessContrastAdjustments: ['type', 'brightness_contrast'],
  ColorBalanceAdjustments: ['type', 'color_balance'],
  ExposureAdjustments: ['type', 'exposure'],
  HueSaturationAdjustments: ['type', 'hue_saturation'],
};
const refused = ['CreativeCloudDestination'];

const nameOf = ({ $ref }: Schema): string => $ref?.split('/').at(-1) ?? '';

/** A schema with its references followed and its parts put together. */
const whole = (document: Document, schema: Schema): Schema => {
  const { $ref, allOf = [], ...own } = schema;
  const name = nameOf(schema);
  if (choices[name] !== undefined) return { oneOf: choices[name].map((one) => ({ $ref: `#/${one}` })) };
  const named = $ref === undefined ? {} : whole(document, document.components.schemas[name] ?? {});
  const parts = [named, ...allOf.map((part) => (choices[nameOf(part)] ? {} : whole(document, part))), own];
  const merged: Schema = Object.assign({}, ...parts);
  if (parts.some(({ properties }) => properties !== undefined)) {
    const [field, value] = fixed[name] ?? [];
    const properties: Record<string, Schema> = Object.assign({}, ...parts.map((part) => part.properties));
    if (field !== undefined && value !== undefined) properties[field] = { enum: [value] };
    const required = [...parts.flatMap((part) => part.required ?? []), field ?? ''];
    Object.assign(merged, { properties, required: required.filter((each) => each in properties) });
  }
  if (merged.oneOf !== undefined) merged.oneOf = merged.oneOf.filter((one) => !refused.includes(nameOf(one)));
  return merged;
};

/** A body without what breaks a rule that the description has in words only. */
const keepRules = (operation: OperationDefinition, body: Fields, rounds = 0): Fields => {
  const [broken] = operation.rules?.(body, undefined) ?? [];
  if (broken === undefined || rounds > 50) return body;
  const next = structuredClone(body);
  const fieldOf = (value: unknown, name: string | number) => (value as Record<string | number, unknown>)[name];
  const parent = broken.path.slice(0, -1).reduce<unknown>(fieldOf, next) as Fields;
  const name = String(broken.path.at(-1));
  if (name in parent) Reflect.deleteProperty(parent, name);
  else if (name === 'delete') parent['delete'] = true;
  else if (name === 'focus') parent['focus'] = ['a boat'];
  else if (name === 'actions') parent['uxp'] = { source: { content: 'a' } };
  else if (name === 'width' || name === 'height') parent[name] = 1;
  else Reflect.deleteProperty(parent, 'type');
  return keepRules(operation, next, rounds + 1);
};

const described: [file: string, operations: OperationDefinition[]][] = [
  [
    'photoshop-api-v2-2026-08.json',
    [...photoshop.operations, ...image.operations.filter(({ path }) => path === '/v1/auto-crop')],
  ],
  [
    'photoshop-api-v2-with-remove-background.json',
    image.operations.filter(({ path }) => path === '/v2/remove-background'),
  ],
  ['photoshop-api-v1.json', image.operations.filter(({ lane }) => lane === 'masking')],
];

describe("what Adobe's descriptions allow", () => {
  for (const [file, operations] of described) {
    it.runIf(directory !== undefined).each(operations)(`$name is taken, by ${file}`, (operation) => {
      const document = open(file);
      const { schema } = document.paths[operation.path]?.post?.requestBody.content['application/json'] ?? {};
      if (schema === undefined) throw new Error(`${file} has no ${operation.path}.`);
      fc.assert(
        fc.property(valuesOf(document, schema), (given) => {
          const body = keepRules(operation, given as Fields);
          const { issues, warnings } = checkRequest(operation, body);
          expect(issues).toEqual([]);
          expect(warnings.filter((warning) => warning.includes('does not document'))).toEqual([]);
        }),
        { numRuns: 200 },
      );
    });
  }
});
