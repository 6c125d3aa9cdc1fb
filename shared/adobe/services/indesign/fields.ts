import * as z from 'zod';
import { once } from '../../../once.ts';
import type { PollingPolicy } from '../operation.ts';
import { byDefault } from '../schema.ts';

/** A rendition takes seconds, a merge of thousands of records minutes. */
export const documentPolling: PollingPolicy = { firstPollSeconds: 5, pollCeilingSeconds: 30, timeoutSeconds: 7_200 };

const isRelative = (name: string): boolean =>
  !/^[/\\]|^[A-Za-z]:/.test(name) && !name.split(/[/\\]/).includes('..') && !name.includes('\0');

/** A name in the working folder of a job (Adobe: relative to it; it cannot go up with `..` or start with `/`). */
export const relativeName = once(() =>
  z.string().min(1).refine(isRelative, {
    error: 'the name must be relative to the working folder: without .. and without a slash at the start',
  }),
);

/** The same for all spellings of a name: Adobe's answers have the separator of Windows. */
export const normalizeName = (name: string): string => name.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');

/** Adobe: assets of a request, inputs and outputs together. */
export const maxAssets = 1_000;

/** A file that Adobe fetches into the working folder of a job; the name there is what `params` refers to. */
const asset = once(() =>
  z.strictObject({
    // Adobe: its guides name the kind of storage, in several spellings; its specification does not.
    source: z.strictObject({ url: z.string().min(1), storageType: z.string().optional() }),
    destination: relativeName().optional(),
  }),
);

/** The files of a job. */
export const assets = once(() => z.array(asset()).min(1).max(maxAssets));

const output = once(() =>
  z.strictObject({
    source: relativeName(),
    destination: z.strictObject({
      url: z.string().min(1),
      storageType: z.enum(['Azure', 'Dropbox', 'AWS']).optional(),
    }),
  }),
);

/** Where the caller wants outputs to be put as well; each `source` is the name that Adobe gives to one of them. */
export const outputs = once(() =>
  z.array(output()).max(maxAssets).meta({
    description:
      'Where outputs are put once they are stored, by the names that they get. What has no place here is in the result all the same.',
  }),
);

const linkMapping = once(() =>
  z
    .strictObject({
      newAssetRelativePath: relativeName(),
      currentURI: z.string().optional(),
      linkID: z.int().optional(),
    })
    .refine(({ currentURI, linkID }) => currentURI !== undefined || linkID !== undefined, {
      error: 'one of currentURI and linkID is required',
    }),
);

/** Fonts, links and logs (Adobe: for any job but the remapping of links). */
export const generalSettings = once(() =>
  z.strictObject({
    fonts: z.strictObject({ fontsDirectories: z.array(relativeName()).optional() }).optional(),
    links: z
      .strictObject({
        replaceLinks: z
          .array(z.strictObject({ targetDocument: relativeName(), mapping: z.array(linkMapping()) }))
          .optional(),
      })
      .optional(),
    appLogs: z.strictObject({ logsRelativePath: relativeName().optional() }).optional(),
  }),
);

/** The PDF export style. */
export const pdfPreset = once(() =>
  byDefault(
    'High Quality Print',
    z.enum([
      'High Quality Print',
      'PDF/X-1a:2001',
      'PDF/X-3:2002',
      'PDF/X-4:2008',
      'Press Quality',
      'Smallest File Size',
    ]),
  ),
);

/** How good a JPEG or PNG is. */
export const quality = once(() => byDefault('medium', z.enum(['low', 'medium', 'high', 'maximum'])));

/** `All`, or numbers and ranges of them, such as `1-2, 5`. */
export const range = once(() => byDefault('All', z.string().min(1)));

/** The name of an asset in the request. */
export const assetName = once(() => relativeName());

/** A switch with the value that Adobe takes where it is left out. */
export const flag = (value: boolean) => byDefault(value, z.boolean()).optional();

/** How the output files are called, and the folder they are in. */
export const outputNames = once(() => ({
  outputFileBaseString: z.string().min(1).optional(),
  outputFolderPath: relativeName().optional(),
}));
