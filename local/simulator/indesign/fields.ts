import * as z from 'zod';

/** Adobe: relative to the working folder, without a way out of it. */
const scratchName = z.string().refine((name) => name !== '' && !/^[/\\]|(^|[/\\])\.\.([/\\]|$)/.test(name), {
  error: 'Not a valid path relative to the working directory',
});

const asset = z.looseObject({
  source: z.looseObject({ url: z.string() }),
  destination: scratchName.optional(),
});

const output = z.looseObject({
  source: scratchName,
  destination: z.looseObject({ url: z.string(), storageType: z.enum(['Azure', 'Dropbox', 'AWS']).optional() }),
});

const generalSettings = z.looseObject({
  fonts: z.looseObject({ fontsDirectories: z.array(scratchName).optional() }).optional(),
  links: z
    .looseObject({
      replaceLinks: z
        .array(
          z.looseObject({
            targetDocument: z.string(),
            mapping: z.array(
              z.looseObject({
                newAssetRelativePath: scratchName,
                currentURI: z.string().optional(),
                linkID: z.int().optional(),
              }),
            ),
          }),
        )
        .optional(),
    })
    .optional(),
  appLogs: z.looseObject({ logsRelativePath: scratchName.optional() }).optional(),
});

/** Switches, all of them optional. */
export const flags = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, z.boolean().optional()])) as Record<Name, z.ZodOptional<z.ZodBoolean>>;

export const pdfPreset = z
  .enum(['High Quality Print', 'PDF/X-1a:2001', 'PDF/X-3:2002', 'PDF/X-4:2008', 'Press Quality', 'Smallest File Size'])
  .optional();

export const quality = z.enum(['low', 'medium', 'high', 'maximum']).optional();

const maxAssets = 1_000;

/** A request body: the assets, the parameters of an operation, and where outputs are to be put. */
export const bodyOf = <Params extends z.ZodRawShape>(params: Params) =>
  z
    .looseObject({
      assets: z.array(asset),
      params: z.looseObject({ generalSettings: generalSettings.optional(), ...params }),
      outputs: z.array(output).optional(),
    })
    .refine(({ assets, outputs = [] }) => assets.length + outputs.length <= maxAssets, {
      path: ['assets'],
      error: `At most ${maxAssets} assets can be given`,
    });

const anyBody = bodyOf({});

/** What all operations have in common in a body. */
export const readBody = (body: Readonly<Record<string, unknown>>): z.output<typeof anyBody> => anyBody.parse(body);

/**
 * How many things a range such as `1-2, 5` names.
 *
 * @param all what `All` stands for
 */
export const countRange = (range: string, all: number): number =>
  range
    .split(',')
    .map((part) => /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part))
    .reduce((count, match) => {
      if (match === null) return count + all;
      return count + Number(match[2] ?? match[1]) - Number(match[1]) + 1;
    }, 0);
