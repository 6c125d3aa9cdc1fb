import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { audioVideo } from '#shared/adobe/services/audio-video/service.ts';
import { illustrator } from '#shared/adobe/services/illustrator/service.ts';
import { indesign } from '#shared/adobe/services/indesign/service.ts';
import { bodySchema, type Schema } from '#test/fixtures/request-bodies.ts';

interface AdobeSchema extends Schema {
  $ref?: string;
  allOf?: AdobeSchema[];
  oneOf?: AdobeSchema[];
  anyOf?: AdobeSchema[];
  const?: string;
  properties?: Record<string, AdobeSchema>;
  items?: AdobeSchema;
}
interface Document {
  paths: Record<string, { post?: { requestBody: { content: Record<string, { schema: AdobeSchema }> } } }>;
  components: { schemas: Record<string, AdobeSchema> };
}

// Where Adobe's OpenAPI files lie, if they are at hand.
const { ADOBE_OPENAPI_DIRECTORY: directory } = process.env;

const open = (name: string): Document => JSON.parse(readFileSync(join(directory ?? '', name), 'utf8'));

/** A schema with its references followed and its parts put together. */
const whole = ({ components }: Document, schema: AdobeSchema): AdobeSchema => {
  const { $ref, allOf = [], oneOf = [], anyOf = [], ...own } = schema;
  const named = components.schemas[$ref?.split('/').at(-1) ?? ''] ?? {};
  const parts = [...($ref === undefined ? [] : [whole({ paths: {}, components }, named)]), own];
  for (const part of allOf) parts.push(whole({ paths: {}, components }, part));
  // Which of them is required is a rule between fields.
  for (const part of [...oneOf, ...anyOf]) parts.unshift({ ...whole({ paths: {}, components }, part), required: [] });
  const properties: Record<string, AdobeSchema> = {};
  for (const part of parts) {
    for (const [name, inner] of Object.entries(part.properties ?? {})) {
      const known = properties[name];
      properties[name] = known === undefined ? inner : { allOf: [known, inner] };
    }
  }
  const required = [...new Set(parts.flatMap((part) => part.required ?? []))];
  return { ...Object.assign({}, ...parts), properties, required };
};

/** Every integer of JavaScript has bounds, which no description names. */
const bound = (value: number | undefined) => (Number.isSafeInteger(Math.abs(value ?? 0) + 1) ? value : undefined);

/** Every place of Adobe's schema with what it demands there. */
const listPlaces = (document: Document, schema: AdobeSchema, path: string): Record<string, object> => {
  const { properties = {}, items, required = [], const: value, minimum, maximum, ...rest } = whole(document, schema);
  const values = rest.enum ?? (value === undefined ? undefined : [value]);
  const places: Record<string, object> = {
    [path]: {
      required: [...required].sort(),
      values: values?.map(String).sort(),
      minimum: bound(minimum),
      maximum: bound(maximum),
    },
  };
  for (const [name, inner] of Object.entries(properties))
    Object.assign(places, listPlaces(document, inner, `${path}.${name}`));
  if (items !== undefined) Object.assign(places, listPlaces(document, items, `${path}[]`));
  return places;
};

const none: Document = { paths: {}, components: { schemas: {} } };

/** The same demand at several places of an operation. */
const at = (operation: string, places: readonly string[], demand: object): Record<string, object> =>
  Object.fromEntries(places.map((place) => [`audio-video/${operation} body.${place}`, demand]));

const pixels = { minimum: 1 };
const index = { minimum: 0 };
const file = { required: ['url'] };
// Adobe's schema requires a field that it does not have.
const recording = { required: ['mediaType', 'source'] };

const audioVideoKnown: Record<string, object> = {
  ...at('generate-speech', ['script.source'], file),
  ...at('generate-avatar', ['script.source', 'audio.source', 'output.background.source'], file),
  'audio-video/generate-avatar body': { required: ['avatarId', 'output'] },
  ...at('transcribe', ['audio', 'video'], recording),
  ...at('dub', ['audio', 'video'], recording),
  ...at('reframe', ['overlays[].scale.width', 'overlays[].scale.height'], pixels),
  ...at('reframe-v2', ['composition.overlays[].scale.width', 'composition.overlays[].scale.height'], pixels),
  ...at(
    'reframe-v2',
    ['x', 'y'].map((name) => `output.renditions[].aspectRatio.${name}`),
    pixels,
  ),
  ...at(
    'reframe-v2',
    ['width', 'height'].map((name) => `output.renditions[].resolution.${name}`),
    pixels,
  ),
  // Its examples leave the sidecar out.
  ...at('reframe-v2', ['output.format'], { required: ['media'] }),
  ...at('render-template', ['variations[].variables[].assetIndex'], index),
  ...at('render-template', ['outputs[].variationIndex', 'outputs[].presetIndex'], index),
};

/** What the gateway demands beyond Adobe's schema, which says it in words, or the other way round. */
const known: Record<string, object> = {
  ...audioVideoKnown,
  // Adobe's words: a ratio.
  'indesign/merge-data body.params.hyphenationSettings.zone': { minimum: 0, maximum: 1 },
};

describe.skipIf(directory === undefined)("the fields of Adobe's own descriptions", () => {
  it.each([
    ...indesign.operations.map((operation) => ({ operation, file: 'indesign-api.json', name: operation.name })),
    ...audioVideo.operations.map((operation) => ({
      operation,
      file: 'audio-video-api-2026-08.json',
      name: operation.name,
    })),
    ...illustrator.operations.map((operation) => ({
      operation,
      file: 'illustrator-api-2026-08.json',
      name: operation.name,
    })),
  ])('$name has all of them, with the same values and bounds', ({ operation, file }) => {
    const document = open(file);
    const schema = document.paths[operation.path]?.post?.requestBody.content['application/json']?.schema ?? {};
    const ours = listPlaces(none, bodySchema(operation), 'body');
    for (const [path, demands] of Object.entries(listPlaces(document, schema, 'body'))) {
      const name = `${operation.name} ${path}`;
      expect({ name, ...ours[path] }).toMatchObject({ name, ...demands, ...known[name] });
    }
  });
});
