import { asFields, asList } from './body-fields.ts';
import type { ResultShape } from './outputs.ts';
import { type TemplateOptions, templateResult } from './result-template.ts';

/**
 * A result with `outputs[].destination.url`, and `errors[]` beside it for what could not be made (Adobe: InDesign, Illustrator). An
 * output that the gateway could not store is told there as well.
 */
export const resultWithErrorsBeside = (options: TemplateOptions): ResultShape => {
  const template = templateResult({
    ...options,
    errors: ['errors[]'],
    required: ['outputs[]'],
    writeError: ({ code, message }) => ({ error_code: code, message }),
  });
  return {
    ...template,
    present: (rest, files, failures) => {
      const result = template.present(rest, files, failures);
      const failed = asList(result['outputs']).filter(hasFailed);
      if (failed.length === 0) return result;
      return {
        ...result,
        outputs: asList(result['outputs']).filter((output) => !hasFailed(output)),
        errors: [...asList(result['errors']), ...failed],
      };
    },
  };
};

const hasFailed = (output: unknown): boolean => {
  const { destination, error_code } = asFields(output);
  return destination === undefined && error_code !== undefined;
};
