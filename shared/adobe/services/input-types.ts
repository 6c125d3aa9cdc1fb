/**
 * Media types of inputs: of all of them, or by where their sources stand in the body, such as `options.actions[]`. A place covers
 * what lies under it, and the longest that fits counts; a place that is not named takes any.
 */
export type InputTypes = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** The media types that an operation takes at a place of its body; undefined if it takes any. */
export const findInputTypes = (
  types: InputTypes | undefined,
  path: readonly (string | number)[],
): readonly string[] | undefined => {
  if (types === undefined || isList(types)) return types;
  const place = path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[]` : `${text}.${step}`), '');
  const fitting = Object.keys(types).filter((each) => `${place}.`.startsWith(`.${each}.`));
  const longest = fitting.reduce<string | undefined>(
    (best, each) => (each.length > (best?.length ?? 0) ? each : best),
    undefined,
  );
  return longest === undefined ? undefined : types[longest];
};

/** A service or an operation that says what it takes. */
interface Taker {
  inputTypes?: InputTypes;
}

/** Every media type that a service takes as an input somewhere. */
export const listInputTypes = ({ inputTypes, operations }: Taker & { operations: readonly Taker[] }): string[] => [
  ...new Set([inputTypes, ...operations.map((operation) => operation.inputTypes)].flatMap(toList)),
];

const toList = (types: InputTypes = []): string[] => (isList(types) ? [...types] : Object.values(types).flat());

const isList = (types: InputTypes): types is readonly string[] => Array.isArray(types);

// Adobe names the kinds of files, and not each format: what its programs open counts.

/** Pictures that consist of pixels. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/tiff', 'image/gif', 'image/bmp'] as const;

/** What cameras make of a picture, in the formats that differ from TIFF. */
export const rawTypes = [
  'image/x-adobe-dng',
  'image/x-canon-cr2',
  'image/x-canon-cr3',
  'image/x-fujifilm-raf',
  'image/x-nikon-nef',
  'image/x-olympus-orf',
  'image/x-panasonic-rw2',
  'image/x-sony-arw',
] as const;

/** Fonts. */
export const fontTypes = ['font/otf', 'font/ttf', 'font/collection', 'font/woff', 'font/woff2'] as const;

/** What a template may hold besides pictures. */
export const artworkTypes = [
  'image/vnd.adobe.photoshop',
  'image/svg+xml',
  'application/pdf',
  'application/illustrator',
  'application/eps',
] as const;
