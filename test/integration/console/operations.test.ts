import { beforeAll, describe, expect, it } from 'vitest';
import type { Field } from '#console/src/make/schema/field.ts';
import { type ApiDescription, type Operation, readOperations } from '#console/src/make/schema/operations.ts';
import { createRoutes } from '#functions/api/app.ts';
import { openApiDocument } from '#functions/api/openapi/document.ts';
import { services } from '#shared/adobe/services/registry.ts';
import { startApi } from '#test/integration/functions/api/fixture.ts';

let operations: Operation[];
beforeAll(async () => {
  const api = await startApi();
  const description: ApiDescription = JSON.parse(JSON.stringify(openApiDocument(createRoutes(api.context), '1.0.0')));
  await api.close();
  operations = readOperations(description);
});

/** Every field of a form by its place, to a depth at which schemas that contain themselves repeat. */
const listFields = (field: Field, place: string, depth = 0): [string, Field][] => {
  const inside = (fields: readonly Field[]) =>
    fields.flatMap((each) => listFields(each, `${place}.${each.name}`, depth + 1));
  const rest = (): [string, Field][] => {
    if (depth > 8) return [];
    if (field.kind === 'object') return inside(field.fields());
    if (field.kind === 'source') return inside(field.others());
    if (field.kind === 'list') return listFields(field.item(), `${place}[]`, depth + 1);
    if (field.kind === 'union') return field.options().flatMap((option) => listFields(option, place, depth + 1));
    return [];
  };
  return [[place, field], ...rest()];
};

describe('the forms of the console', () => {
  it('are there for every operation of every service that is on', () => {
    const expected = services.flatMap((service) => service.operations.map(({ name, path }) => `${name} ${path}`));
    expect(operations.map(({ name, path }) => `${name} ${path}`)).toEqual(expected);
    for (const { body } of operations) expect(body.fields().length).toBeGreaterThan(0);
  });

  it('have a field for everything: nothing has to be written as JSON', () => {
    const asJson = operations.flatMap(({ name, body }) =>
      listFields(body, name).flatMap(([place, { kind }]) => (kind === 'json' ? [place] : [])),
    );
    expect([...new Set(asJson)]).toEqual([]);
  });

  it('know prompts, masks, models, sizes and presets', () => {
    const byName = new Map(operations.map((operation) => [operation.name, operation]));
    const generate = byName.get('images/generate');
    const fields = new Map(generate && listFields(generate.body, ''));
    expect(fields.get('.prompt')).toMatchObject({ kind: 'text', isPrompt: true });
    expect(fields.get('.size')).toMatchObject({ kind: 'size' });
    const size = fields.get('.size');
    expect(size?.kind === 'size' && size.listedByModel['image4_ultra']).toContainEqual({ width: 1440, height: 2560 });
    const preset = fields.get('.style.presets[]');
    expect(preset?.kind === 'text' && preset.suggestions).toContain('golden_hour');
    expect(generate?.headers.find(({ name }) => name === generate.modelHeader)).toMatchObject({ kind: 'choice' });
    expect(generate?.defaultModel).toBe('image3');
    for (const name of ['images/fill', 'images/generate-object-composite', 'images/expand', 'masking/refine-mask']) {
      const operation = byName.get(name);
      const mask = operation && listFields(operation.body, '').find(([place]) => place === '.mask.source');
      expect([name, mask?.[1]]).toMatchObject([name, { kind: 'source', maskOf: 'image' }]);
    }
  });
});
