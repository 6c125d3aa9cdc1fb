import { asFields, asList } from '../body-fields.ts';
import type { RuleFinding } from '../operation.ts';
import { maxAssets, normalizeName } from './fields.ts';

/** Where a parameter names an asset: the path to it in the body, and the name. */
interface AssetReference {
  path: (string | number)[];
  name: string;
}

/** What fails a job at Adobe after it was taken: two files of one name, and a parameter that names no asset. */
export const checkAssets = (
  fields: Readonly<Record<string, unknown>>,
  references: readonly AssetReference[],
): RuleFinding[] => {
  const names = readNames(fields, 'assets', 'destination');
  // An asset without a name is called as its URL ends, which nobody outside can be sure of.
  const isNameless = names.includes(undefined);
  const unnamed = references.flatMap(({ path, name }): RuleFinding[] =>
    isNameless || names.includes(normalizeName(name))
      ? []
      : [{ path, message: 'no asset has this name as its destination' }],
  );
  return [
    ...findRepeated(names, 'assets', 'destination'),
    ...unnamed,
    ...findRepeated(readNames(fields, 'outputs', 'source'), 'outputs', 'source'),
    ...countAssets(fields),
  ];
};

type NamedList = [list: 'assets', member: 'destination'] | [list: 'outputs', member: 'source'];

const readNames = (fields: Readonly<Record<string, unknown>>, ...[list, member]: NamedList): (string | undefined)[] =>
  asList(fields[list]).map((each) => {
    const name = asFields(each)[member];
    return typeof name === 'string' ? normalizeName(name) : undefined;
  });

const findRepeated = (names: readonly (string | undefined)[], ...[list, member]: NamedList): RuleFinding[] => {
  const seen = new Set<string>();
  return names.flatMap((name, index): RuleFinding[] => {
    if (name === undefined) return [];
    if (seen.has(name)) return [{ path: [list, index, member], message: `two ${list} cannot have the same name` }];
    seen.add(name);
    return [];
  });
};

const countAssets = ({ assets, outputs }: Readonly<Record<string, unknown>>): RuleFinding[] => {
  const [ins, outs] = [asList(assets).length, asList(outputs).length];
  return ins + outs > maxAssets && outs > 0
    ? [{ path: ['outputs'], message: `assets and outputs together can be at most ${maxAssets}` }]
    : [];
};

/**
 * The assets that parameters name.
 *
 * @param names parameters that hold a name or a list of names; a path with dots leads into an object
 */
export const findReferences = (
  { params }: Readonly<Record<string, unknown>>,
  names: readonly string[],
): AssetReference[] => [
  ...names.flatMap((name) => readReference(params, ['params'], name.split('.'))),
  ...readReplacedLinks(params),
];

const readReference = (value: unknown, path: (string | number)[], [name, ...rest]: string[]): AssetReference[] => {
  if (name !== undefined) {
    return readReference(asFields(value)[name], [...path, name], rest);
  }
  if (typeof value === 'string') return [{ path, name: value }];
  return asList(value).flatMap((each, index) =>
    typeof each === 'string' ? [{ path: [...path, index], name: each }] : [],
  );
};

const readReplacedLinks = (params: unknown): AssetReference[] => {
  const { replaceLinks } = asFields(asFields(asFields(params)['generalSettings'])['links']);
  const base = ['params', 'generalSettings', 'links', 'replaceLinks'];
  return asList(replaceLinks).flatMap((each, index) => {
    const { targetDocument, mapping } = asFields(each);
    return [
      ...readReference(targetDocument, [...base, index, 'targetDocument'], []),
      ...asList(mapping).flatMap((one, place) =>
        readReference(
          asFields(one)['newAssetRelativePath'],
          [...base, index, 'mapping', place, 'newAssetRelativePath'],
          [],
        ),
      ),
    ];
  });
};
