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
import { warnOfHosts } from '../input-hosts.ts';
import { fileResult } from '../results.ts';
import { checkAssets, findReferences } from '../rules.ts';

const forPdf = once(() => ({
  createSeparateFiles: flag(false),
  optimizeForFastWebView: flag(true),
  embedPageThumbnails: flag(false),
  includeBookmarks: flag(false),
  includeHyperlinks: flag(false),
  exportNonprintingObjects: flag(false),
  exportGuidesAndGrids: flag(false),
  createTaggedPDF: flag(true),
  includeInteractiveElements: byDefault('do_not_include', z.enum(['do_not_include', 'appearance_only'])).optional(),
  exportWhichLayers: byDefault(
    'export_all_layers',
    z.enum(['export_all_layers', 'export_visible_layers', 'export_visible_printable_layers']),
  ).optional(),
  jobOptionsFile: assetName().optional(),
  pdfPreset: pdfPreset().optional(),
}));

const forPictures = once(() => ({
  quality: quality().optional(),
  renderingStyle: byDefault('baseline_encoding', z.enum(['baseline_encoding', 'progressive_encoding'])).optional(),
  resolution: byDefault(72, z.int().min(1).max(2_400)).optional(),
  colorSpace: byDefault('rgb', z.enum(['rgb', 'cmyk', 'gray'])).optional(),
  embedColorProfile: flag(true),
  antiAlias: flag(true),
  simulateOverprint: flag(false),
  useDocumentBleeds: flag(false),
  colorSettingsFile: z.string().optional(),
  transparentBackground: flag(false),
}));

/** Adobe: `POST /v3/create-rendition`. */
export const createRendition = defineOperation({
  name: 'indesign/create-rendition',
  title: 'Create JPEG, PNG or PDF renditions of a document',
  path: '/v3/create-rendition',
  body: () =>
    z.strictObject({
      assets: assets(),
      params: z.strictObject({
        generalSettings: generalSettings().optional(),
        // Adobe: one document at a time.
        targetDocuments: z.array(assetName()).length(1),
        outputMediaType: z.enum(['image/jpeg', 'image/png', 'application/pdf']),
        exportingSpread: flag(false),
        pageRange: range().optional(),
        ...forPictures(),
        ...forPdf(),
        ...outputNames(),
      }),
      outputs: outputs().optional(),
    }),
  rules: (fields) => checkAssets(fields, findReferences(fields, ['targetDocuments', 'jobOptionsFile'])),
  warnings: warnOfHosts,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: fileResult,
  destinations: namedDestinations,
  polling: documentPolling,
});
