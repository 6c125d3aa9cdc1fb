/** One setting of all compared pictures. */
export interface ComparedSetting {
  name: string;
  /** In the order of the pictures; undefined where a picture has none. */
  values: readonly (string | undefined)[];
  differs: boolean;
}

/** What is compared of a picture. */
export interface ComparedPicture {
  operation: string;
  modelVersion?: string;
  /** Those of its request. */
  settings: readonly { path: string; name: string; value: string }[];
  /** The seed of this very output. */
  seed?: number;
}

/** The settings of pictures side by side, those that differ first. */
export const compareSettings = (pictures: readonly ComparedPicture[]): ComparedSetting[] => {
  const columns = pictures.map(({ operation, modelVersion, settings, seed }) => [
    { path: '0 operation', name: 'Operation', value: operation },
    { path: '1 model', name: 'Model', value: modelVersion },
    { path: '2 seed', name: 'Seed of the picture', value: seed === undefined ? undefined : String(seed) },
    ...settings,
  ]);
  const names = new Map(columns.flat().map(({ path, name }) => [path, name]));
  const rows = [...names].map(([path, name]) => {
    const values = columns.map((column) => column.find((each) => each.path === path)?.value);
    return { name, values, differs: new Set(values).size > 1 };
  });
  const shown = rows.filter(({ values }) => values.some((value) => value !== undefined));
  return [...shown.filter(({ differs }) => differs), ...shown.filter(({ differs }) => !differs)];
};
