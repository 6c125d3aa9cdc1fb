import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { namedDestinations } from '../destinations.ts';
import {
  assetName,
  assets,
  documentPolling,
  flag,
  generalSettings,
  outputNames,
  outputs,
  pdfPreset,
  quality,
  range,
} from '../fields.ts';
import { hyphenationSettings } from '../hyphenation.ts';
import { warnOfHosts } from '../input-hosts.ts';
import { fileResult } from '../results.ts';
import { checkAssets, findReferences } from '../rules.ts';

/** Such as `1 pt` or `1 pica`; a number alone counts in picas (Adobe). */
const length = once(() => z.string().min(1).optional());

const exportSettings = once(() =>
  z.strictObject({
    jobOptionsFile: assetName().optional(),
    pdfPreset: pdfPreset().optional(),
    quality: quality().optional(),
    linkImages: flag(false),
  }),
);

const layoutOptions = once(() =>
  z.strictObject({
    arrangeBy: byDefault('rows_first', z.enum(['rows_first', 'columns_first'])).optional(),
    bottomMargin: length(),
    topMargin: length(),
    leftMargin: length(),
    rightMargin: length(),
    columnSpacing: length(),
    rowSpacing: length(),
  }),
);

const fittings = [
  'content_aware_fit',
  'fill_proportional',
  'fit_content_to_frame',
  'fit_frame_to_content',
  'honor_existing_style',
  'preserve_sizes',
  'proportional',
] as const;

const imagePlacementOptions = once(() =>
  z.strictObject({
    centerImage: flag(false),
    fittingOption: byDefault('proportional', z.enum(fittings)).optional(),
    linkImages: flag(false),
  }),
);

const mediaTypes = ['image/jpeg', 'image/png', 'application/pdf', 'application/x-indesign'] as const;

/** Adobe: `POST /v3/merge-data`. */
export const mergeData = defineOperation({
  name: 'indesign/merge-data',
  title: 'Merge the records of a CSV file into a document',
  path: '/v3/merge-data',
  body: () =>
    z.strictObject({
      assets: assets(),
      params: z.strictObject({
        generalSettings: generalSettings().optional(),
        targetDocument: assetName(),
        dataSource: assetName(),
        outputMediaType: byDefault('application/x-indesign', z.enum(mediaTypes)).optional(),
        exportSettings: exportSettings().optional(),
        recordRange: range().optional(),
        allowMultipleRecordsPerPage: flag(false),
        multipleRecordLayoutOptions: layoutOptions().optional(),
        imagePlacementOptions: imagePlacementOptions().optional(),
        hyphenationSettings: hyphenationSettings().optional(),
        pagesPerDocument: z.int().optional(),
        removeBlankLines: flag(false),
        convertUrlToHyperlink: flag(true),
        ...outputNames(),
      }),
      outputs: outputs().optional(),
    }),
  rules: (fields) =>
    checkAssets(fields, findReferences(fields, ['targetDocument', 'dataSource', 'exportSettings.jobOptionsFile'])),
  warnings: warnOfHosts,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: fileResult,
  destinations: namedDestinations,
  polling: documentPolling,
});
