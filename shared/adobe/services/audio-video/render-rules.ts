import { asFields, asList, exactlyOne } from '../body-fields.ts';
import type { RuleFinding } from '../operation.ts';
import { checkTemplate } from './template.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The videos that a render asks for: those that it names, else every variation in every preset. Without presets Adobe renders
 * each variation once.
 */
export const listCombinations = ({ outputs, variations, presets }: Fields): Fields[] => {
  const named = asList(outputs);
  if (named.length > 0) return named.map(asFields);
  const inEach = Math.max(1, asList(presets).length);
  return asList(variations).flatMap((_, variationIndex) =>
    Array.from({ length: inEach }, (_none, presetIndex) => ({ variationIndex, presetIndex })),
  );
};

/** What Adobe refuses, or cannot render, though each field is well formed. */
export const checkRender = (fields: Fields): RuleFinding[] => [
  ...checkTemplate(fields),
  ...checkSidecar(fields),
  ...asList(fields['presets']).flatMap((preset, n) =>
    exactlyOne(asFields(asFields(preset)['source']), ['presetId', 'url'], ['presets', n, 'source']),
  ),
  ...checkAssets(fields),
  ...checkOutputs(fields),
  ...checkLayers(fields),
];

const checkSidecar = ({ type, config }: Fields): RuleFinding[] =>
  type !== 'aep' && asFields(config)['sidecar'] !== undefined
    ? [{ path: ['config', 'sidecar'], message: 'not supported without type aep' }]
    : [];

const checkIndex = (
  index: unknown,
  list: readonly unknown[],
  name: string,
  path: RuleFinding['path'],
): RuleFinding[] =>
  typeof index !== 'number' || index < list.length
    ? []
    : [{ path, message: `must be an index of ${name}, which has ${list.length}` }];

const checkAssets = ({ assets, variations }: Fields): RuleFinding[] =>
  asList(variations).flatMap((variation, n) =>
    asList(asFields(variation)['variables']).flatMap((variable, m) =>
      checkIndex(asFields(variable)['assetIndex'], asList(assets), 'assets', [
        'variations',
        n,
        'variables',
        m,
        'assetIndex',
      ]),
    ),
  );

const checkOutputs = ({ outputs, variations, presets }: Fields): RuleFinding[] =>
  asList(outputs).flatMap((output, n) => {
    const { variationIndex, presetIndex } = asFields(output);
    return [
      ...checkIndex(variationIndex, asList(variations), 'variations', ['outputs', n, 'variationIndex']),
      ...(presets === undefined
        ? []
        : checkIndex(presetIndex, asList(presets), 'presets', ['outputs', n, 'presetIndex'])),
    ];
  });

/** What `enable_layer` switches (Adobe: at least one). */
const switches = ['videoEnabled', 'audioEnabled', 'solo'];

const checkLayers = ({ layerOperations }: Fields): RuleFinding[] =>
  asList(layerOperations).flatMap((each, n) => {
    const fields = asFields(each);
    return fields['operation'] === 'enable_layer' && switches.every((name) => fields[name] === undefined)
      ? [{ path: ['layerOperations', n], message: `must have one of ${switches.join(', ')}` }]
      : [];
  });
