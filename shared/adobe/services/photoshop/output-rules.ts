import { asFields, asList } from '../body-fields.ts';
import type { RuleFinding } from '../operation.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The outputs of a request that may be malformed. */
export const readOutputs = (body: Fields): Fields[] => asList(body['outputs']).map(asFields);

/** What only goes with one media type: the fields of an output, and those of `exportOptions`. */
export const checkTypeFields = ({ mediaType, ...fields }: Fields, path: RuleFinding['path']): RuleFinding[] => {
  const only = (name: string, type: string): RuleFinding[] =>
    fields[name] === undefined || mediaType === type
      ? []
      : [{ path: [...path, name], message: `only supported with ${type}` }];
  return [...only('quality', 'image/jpeg'), ...only('compression', 'image/png')];
};

/** Adobe: the rules between the fields of an output. */
export const checkOutputs = (body: Fields): RuleFinding[] =>
  readOutputs(body).flatMap((output, index) => {
    const path = ['outputs', index];
    const { storageType, url } = asFields(output['destination']);
    const findings = checkTypeFields(output, path);
    if (storageType !== undefined && url === undefined) {
      findings.push({ path: [...path, 'destination', 'storageType'], message: 'only supported with url' });
    }
    return findings;
  });

const hasPattern = ({ scriptOutputPattern: pattern }: Fields): boolean => pattern !== undefined && pattern !== null;

/** Adobe: patterns are for scripts, and for files that the caller does not place. */
export const checkPatterns = (body: Fields, { hasScripts }: { hasScripts: boolean }): RuleFinding[] =>
  readOutputs(body).flatMap((output, index) => {
    if (!hasPattern(output)) return [];
    const path = ['outputs', index, 'scriptOutputPattern'];
    if (!hasScripts) return [{ path, message: 'only supported by /v2/execute-actions' }];
    const { url } = asFields(output['destination']);
    return url === undefined ? [] : [{ path, message: 'not supported with destination.url' }];
  });

/** One for each output that is asked for; undefined where a pattern finds the files of a script. */
export const countOutputs = (body: Fields): number | undefined => {
  const outputs = readOutputs(body);
  return outputs.some(hasPattern) ? undefined : Math.max(1, outputs.length);
};
