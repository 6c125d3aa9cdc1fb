import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { asFields } from '../../body-fields.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { photoshopDestinations } from '../destinations.ts';
import { checkOutputs, checkPatterns, countOutputs } from '../output-rules.ts';
import { renditions } from '../outputs.ts';
import { photoshopPolling, photoshopResult } from '../results.ts';
import { fileImage, fontOptions, portableSource, scriptSource, warnOfSharedFiles } from '../sources.ts';

const resource = once(() => z.strictObject({ source: portableSource() }));

const options = once(() =>
  z.strictObject({
    actions: z
      .array(z.strictObject({ source: scriptSource(), actionName: z.string().optional() }))
      .max(10)
      .optional(),
    uxp: z.strictObject({ source: scriptSource() }).optional(),
    additionalContents: z.array(resource()).max(25).optional(),
    brushes: z.array(resource()).max(10).optional(),
    patterns: z.array(resource()).max(10).optional(),
    fontOptions: fontOptions().optional(),
  }),
);

/** Adobe: there is nothing to do without an action or a script. */
const checkScripts = ({ options: given }: Readonly<Record<string, unknown>>): RuleFinding[] => {
  const { actions, uxp } = asFields(given);
  const hasActions = Array.isArray(actions) ? actions.length > 0 : actions !== undefined;
  return given === undefined || hasActions || uxp !== undefined
    ? []
    : [{ path: ['options', 'actions'], message: 'at least one of actions and uxp is required' }];
};

/** Adobe: `POST /v2/execute-actions`. */
export const executeActions = defineOperation({
  name: 'photoshop/execute-actions',
  title: 'Run actions or a script on an image',
  path: '/v2/execute-actions',
  body: () => z.strictObject({ image: fileImage(), options: options(), outputs: renditions() }),
  rules: (body) => [...checkScripts(body), ...checkOutputs(body), ...checkPatterns(body, { hasScripts: true })],
  warnings: warnOfSharedFiles,
  countOutputs,
  accepts: followedAcceptance,
  result: photoshopResult,
  destinations: photoshopDestinations,
  polling: photoshopPolling,
});
