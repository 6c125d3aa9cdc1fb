import * as z from 'zod';
import { bodyOf, flags, pdfPreset, quality, readBody } from './fields.ts';
import { makingFiles } from './operation.ts';
import { planConversion, planMerge, planRemap, planRendition } from './plan.ts';

const names = { outputFileBaseString: z.string().optional(), outputFolderPath: z.string().optional() };

/** `POST /v3/create-rendition`. */
export const createRendition = makingFiles(
  {
    path: '/v3/create-rendition',
    body: bodyOf({
      targetDocuments: z.array(z.string()).min(1).max(1),
      outputMediaType: z.enum(['image/jpeg', 'image/png', 'application/pdf']),
      pageRange: z.string().optional(),
      quality,
      renderingStyle: z.enum(['baseline_encoding', 'progressive_encoding']).optional(),
      resolution: z.int().min(1).max(2_400).optional(),
      colorSpace: z.enum(['rgb', 'cmyk', 'gray']).optional(),
      ...flags('exportingSpread', 'embedColorProfile', 'antiAlias', 'simulateOverprint', 'useDocumentBleeds'),
      ...flags('transparentBackground', 'createSeparateFiles', 'optimizeForFastWebView', 'embedPageThumbnails'),
      ...flags('includeBookmarks', 'includeHyperlinks', 'exportNonprintingObjects', 'exportGuidesAndGrids'),
      ...flags('createTaggedPDF'),
      colorSettingsFile: z.string().optional(),
      includeInteractiveElements: z.enum(['do_not_include', 'appearance_only']).optional(),
      exportWhichLayers: z
        .enum(['export_all_layers', 'export_visible_layers', 'export_visible_printable_layers'])
        .optional(),
      jobOptionsFile: z.string().optional(),
      pdfPreset,
      ...names,
    }),
  },
  planRendition,
  (body) => ({
    outputs: [
      {
        renditions: planRendition(body).map(({ name }, index) => ({ pageIndex: index + 1, path: [name] })),
        input: z.object({ targetDocuments: z.array(z.string()) }).parse(readBody(body).params).targetDocuments[0],
      },
    ],
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

const margin = z.string().optional();
const count = z.int().optional();

/** `POST /v3/merge-data`. */
export const mergeData = makingFiles(
  {
    path: '/v3/merge-data',
    body: bodyOf({
      targetDocument: z.string(),
      dataSource: z.string(),
      outputMediaType: z.enum(['image/jpeg', 'image/png', 'application/pdf', 'application/x-indesign']).optional(),
      exportSettings: z
        .looseObject({ jobOptionsFile: z.string().optional(), pdfPreset, quality, ...flags('linkImages') })
        .optional(),
      recordRange: z.string().optional(),
      ...flags('allowMultipleRecordsPerPage', 'removeBlankLines', 'convertUrlToHyperlink'),
      multipleRecordLayoutOptions: z
        .looseObject({
          arrangeBy: z.enum(['rows_first', 'columns_first']).optional(),
          bottomMargin: margin,
          topMargin: margin,
          leftMargin: margin,
          rightMargin: margin,
          columnSpacing: margin,
          rowSpacing: margin,
        })
        .optional(),
      imagePlacementOptions: z
        .looseObject({ fittingOption: z.enum(fittings).optional(), ...flags('centerImage', 'linkImages') })
        .optional(),
      hyphenationSettings: z
        .looseObject({
          afterFirst: count,
          beforeLast: count,
          wordsLongerThan: count,
          ladderLimit: count,
          zone: z.number().optional(),
          ...flags('capitalizedWords', 'lastWord', 'acrossColumns'),
          dictionarySettings: z
            .array(z.looseObject({ language: z.string(), wordList: z.array(z.string()) }))
            .optional(),
        })
        .optional(),
      pagesPerDocument: count,
      ...names,
    }),
  },
  planMerge,
);

const uriPair = z.looseObject({ sourceURI: z.string(), destinationURI: z.string() });

/** `POST /v3/remap-links`. */
export const remapLinks = makingFiles(
  {
    path: '/v3/remap-links',
    requiredHeaders: ['x-aem-token'],
    body: bodyOf({
      targetDocument: z.array(z.string()).min(1),
      dataSource: z.array(uriPair).min(1),
    }),
  },
  planRemap,
);

/** `POST /v3/convert-pdf-to-indesign`. */
export const convertPdf = makingFiles(
  {
    path: '/v3/convert-pdf-to-indesign',
    body: bodyOf({
      targetDocuments: z.array(z.string()).min(1).max(1),
      outputMediaType: z.enum(['application/x-indesign', 'application/vnd.adobe.indesign-idml-package']),
      ...flags('embedLinks'),
      outputFilebaseString: z.string().optional(),
    }),
  },
  planConversion,
  () => ({
    outputs: [{ outputPath: 'output/test', input: 'test.pdf', warnings: { missingFonts: ['Abelone Regular'] } }],
  }),
);
