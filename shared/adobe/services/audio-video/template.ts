import * as z from 'zod';
import { once } from '../../../once.ts';
import { asFields } from '../body-fields.ts';
import type { RuleFinding } from '../operation.ts';
import { byDefault } from '../schema.ts';
import { source } from './fields.ts';

/** A template: a Motion Graphics Template, or an archive with one After Effects project and its footage (Adobe). */
export const template = once(() => ({
  type: byDefault('mogrt', z.enum(['mogrt', 'aep'])).optional(),
  source: source(),
  compName: z.string().min(1).optional(),
}));

/** Adobe: which composition of an After Effects project is meant. */
export const checkTemplate = ({ type, compName }: Readonly<Record<string, unknown>>): RuleFinding[] =>
  type === 'aep' && compName === undefined ? [{ path: ['compName'], message: 'field required with type aep' }] : [];

/** Fields that Adobe ignores, or may ignore, in a Motion Graphics Template. */
const projectFields = ['compName', 'layerOperations'];

/** What is without effect in the request. */
export const warnOfTemplate = (body: unknown): string[] => {
  const fields = asFields(body);
  return fields['type'] === 'aep'
    ? []
    : projectFields
        .filter((name) => fields[name] !== undefined)
        .map((name) => `${name} is for type aep only: Adobe ignores it here.`);
};
