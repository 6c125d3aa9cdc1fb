import * as z from 'zod';
import type { PlannedOutput } from '../service/definition.ts';
import { countRange, readBody } from './fields.ts';

/** A file of a job in its working folder. */
export interface NamedOutput {
  name: string;
  mediaType: string;
}

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'application/pdf': 'pdf',
  'application/x-indesign': 'indd',
};

const outputParams = z.looseObject({
  outputMediaType: z.string().default('application/x-indesign'),
  outputFolderPath: z.string().default('tmp0696'),
  outputFileBaseString: z.string().optional(),
  targetDocument: z.string().optional(),
  targetDocuments: z.array(z.string()).optional(),
  pageRange: z.string().default('All'),
  recordRange: z.string().default('All'),
  pagesPerDocument: z.int().optional(),
  createSeparateFiles: z.boolean().default(false),
});

/** As many pages as any document has that the simulator is given, and as many records as any file of data. */
const pagesOfAll = 3;

const readParams = (body: Readonly<Record<string, unknown>>) => {
  const params = outputParams.parse(readBody(body).params);
  const { outputMediaType, outputFileBaseString, targetDocument, targetDocuments } = params;
  const document = targetDocument ?? targetDocuments?.[0] ?? 'document.indd';
  const base = outputFileBaseString ?? document.replace(/^.*[/\\]|\.[^.]*$/g, '');
  return {
    ...params,
    base,
    extension: extensions[outputMediaType] ?? 'bin',
    isPicture: /^image\//.test(outputMediaType),
  };
};

/** A file for each page, or one PDF of them all. */
export const planRendition = (body: Readonly<Record<string, unknown>>): NamedOutput[] => {
  const { pageRange, createSeparateFiles, isPicture, base, extension, ...params } = readParams(body);
  const count = isPicture || createSeparateFiles ? countRange(pageRange, pagesOfAll) : 1;
  return Array.from({ length: count }, (_, index) => ({
    // Adobe's examples have the separator of Windows.
    name: `${params.outputFolderPath}\\${base}${index === 0 ? '' : index + 1}.${extension}`,
    mediaType: params.outputMediaType,
  }));
};

/** A folder for each range of records, with one document or with a picture for each record in it. */
export const planMerge = (body: Readonly<Record<string, unknown>>): NamedOutput[] => {
  const { recordRange, pagesPerDocument, outputFolderPath, base, extension, isPicture, outputMediaType } =
    readParams(body);
  const records = countRange(recordRange, pagesOfAll);
  const perRange = pagesPerDocument ?? records;
  return Array.from({ length: Math.ceil(records / perRange) }, (_, range) => {
    const pictures = isPicture ? Math.min(perRange, records - range * perRange) : 1;
    return Array.from({ length: pictures }, (__, picture) => ({
      name: `${outputFolderPath}/range${range + 1}/${base}${picture === 0 ? '' : picture + 1}.${extension}`,
      mediaType: outputMediaType,
    }));
  }).flat();
};

/** The documents themselves, with other links. */
export const planRemap = (body: Readonly<Record<string, unknown>>): NamedOutput[] =>
  z
    .object({ targetDocument: z.array(z.string()) })
    .parse(readBody(body).params)
    .targetDocument.map((name) => ({ name, mediaType: 'application/x-indesign' }));

/** A ZIP file. */
export const planConversion = (body: Readonly<Record<string, unknown>>): NamedOutput[] => {
  const { outputFilebaseString = 'output.zip' } = z
    .object({ outputFilebaseString: z.string().optional() })
    .parse(readBody(body).params);
  return [{ name: outputFilebaseString, mediaType: 'application/zip' }];
};

const normalize = (name: string): string => name.replaceAll('\\', '/');

/** Where each file goes: to the URL that the request has for its name, else it is hosted for 12 hours. */
export const toOutputs = (named: readonly NamedOutput[], body: Readonly<Record<string, unknown>>): PlannedOutput[] => {
  const destinations = new Map(
    readBody(body).outputs?.map(({ source, destination }) => [normalize(source), destination.url]),
  );
  return named.map(({ name, mediaType }) => {
    const url = destinations.get(normalize(name));
    return {
      mediaType,
      label: name,
      target: url === undefined ? { kind: 'hosted', lifetimeMs: 12 * 3_600_000 } : { kind: 'put', url },
    };
  });
};
