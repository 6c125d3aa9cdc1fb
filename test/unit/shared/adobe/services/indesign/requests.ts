import fc from 'fast-check';

const optional = <Fields>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { requiredKeys: [] });

const url = fc.constantFrom(
  'https://bucket.s3.eu-west-1.amazonaws.com/a.indd?X-Amz-Signature=1',
  's3://bucket/a.indd',
  'job:0197c3f2-5a5e-7c3d-8f60-0d5f1f1f7c11/0',
);
const names = ['a.indd', 'data.csv', 'Document Fonts/b.otf', 'jobs/c.joboptions'];
const [document = '', data = '', font = '', jobOptions = ''] = names;

// What parameters name is among them; the order is free.
const assets = fc
  .tuple(fc.shuffledSubarray(names, { minLength: names.length }), fc.array(url, { minLength: 4, maxLength: 4 }))
  .map(([order, urls]) => order.map((destination, index) => ({ source: { url: urls[index] ?? '' }, destination })));
const outputs = fc.uniqueArray(
  fc.record({
    source: fc.constantFrom('out/range1/merged.pdf', 'out\\merged2.pdf', 'a.png'),
    destination: fc.record(
      {
        url: fc.constant('https://account.blob.core.windows.net/out?sig=1'),
        storageType: fc.constantFrom('AWS', 'Azure', 'Dropbox'),
      },
      { requiredKeys: ['url'] },
    ),
  }),
  { maxLength: 3, selector: ({ source }) => source },
);

const flag = fc.boolean();
const pdfPreset = fc.constantFrom('High Quality Print', 'PDF/X-1a:2001', 'PDF/X-4:2008', 'Smallest File Size');
const quality = fc.constantFrom('low', 'medium', 'high', 'maximum');
const range = fc.constantFrom('All', '1-2, 5', '7');
const length = fc.constantFrom('1 pt', '1 pica', '1');
const generalSettings = optional({
  fonts: optional({ fontsDirectories: fc.constant(['.', 'Document Fonts']) }),
  links: optional({
    replaceLinks: fc.array(
      fc.record({
        targetDocument: fc.constant(document),
        mapping: fc.array(
          fc.oneof(
            fc.record({ newAssetRelativePath: fc.constant(font), currentURI: fc.string() }),
            fc.record({ newAssetRelativePath: fc.constant(font), linkID: fc.integer() }),
          ),
          { maxLength: 2 },
        ),
      }),
      { maxLength: 2 },
    ),
  }),
  appLogs: optional({ logsRelativePath: fc.constant('logs/a.log') }),
});
const outputNames = { outputFileBaseString: fc.constant('merged'), outputFolderPath: fc.constant('out') };

const body = <Params>(params: { [Name in keyof Params]: fc.Arbitrary<Params[Name]> }, requiredKeys: (keyof Params)[]) =>
  fc.record({ assets, params: fc.record(params, { requiredKeys }), outputs }, { requiredKeys: ['assets', 'params'] });

const bodies: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  '/v3/create-rendition': body(
    {
      generalSettings,
      targetDocuments: fc.constant([document]),
      outputMediaType: fc.constantFrom('image/jpeg', 'image/png', 'application/pdf'),
      pageRange: range,
      quality,
      resolution: fc.integer({ min: 1, max: 2_400 }),
      colorSpace: fc.constantFrom('rgb', 'cmyk', 'gray'),
      renderingStyle: fc.constantFrom('baseline_encoding', 'progressive_encoding'),
      exportWhichLayers: fc.constantFrom('export_all_layers', 'export_visible_printable_layers'),
      includeInteractiveElements: fc.constantFrom('do_not_include', 'appearance_only'),
      exportingSpread: flag,
      createSeparateFiles: flag,
      createTaggedPDF: flag,
      transparentBackground: flag,
      jobOptionsFile: fc.constant(jobOptions),
      pdfPreset,
      ...outputNames,
    },
    ['targetDocuments', 'outputMediaType'],
  ),
  '/v3/merge-data': body(
    {
      generalSettings,
      targetDocument: fc.constant(document),
      dataSource: fc.constant(data),
      outputMediaType: fc.constantFrom('image/jpeg', 'image/png', 'application/pdf', 'application/x-indesign'),
      exportSettings: optional({ jobOptionsFile: fc.constant(jobOptions), pdfPreset, quality, linkImages: flag }),
      recordRange: range,
      allowMultipleRecordsPerPage: flag,
      multipleRecordLayoutOptions: optional({
        arrangeBy: fc.constantFrom('rows_first', 'columns_first'),
        topMargin: length,
        rowSpacing: length,
      }),
      imagePlacementOptions: optional({
        centerImage: flag,
        fittingOption: fc.constantFrom('content_aware_fit', 'proportional'),
      }),
      hyphenationSettings: optional({
        afterFirst: fc.integer(),
        zone: fc.double({ min: 0, max: 1, noNaN: true }),
        dictionarySettings: fc.constant([{ language: 'Norwegian: Bokmål', wordList: ['~word1', 'ex~word2'] }]),
      }),
      pagesPerDocument: fc.integer(),
      removeBlankLines: flag,
      convertUrlToHyperlink: flag,
      ...outputNames,
    },
    ['targetDocument', 'dataSource'],
  ),
  '/v3/merge-data-tags': fc.record({
    assets,
    params: fc.record(
      {
        generalSettings,
        targetDocument: fc.constant(document),
        dataSource: fc.constant(data),
        filter: fc.subarray(['all', 'text', 'image', 'qr']),
        includePageItemIdentifiers: flag,
      },
      { requiredKeys: ['targetDocument'] },
    ),
  }),
  '/v3/document-info': fc.record({
    assets,
    params: fc.record(
      {
        generalSettings,
        targetDocument: fc.constant(document),
        pageInfo: optional({ enabled: flag }),
        textStoryInfo: optional({ enabled: flag }),
      },
      { requiredKeys: ['targetDocument'] },
    ),
  }),
  '/v3/remap-links': body(
    {
      targetDocument: fc.constant([document]),
      dataSource: fc.array(fc.constant({ sourceURI: 'file:/a.png', destinationURI: 'aem://host/a.png' }), {
        minLength: 1,
        maxLength: 3,
      }),
    },
    ['targetDocument', 'dataSource'],
  ),
  '/v3/convert-pdf-to-indesign': body(
    {
      targetDocuments: fc.constant([document]),
      outputMediaType: fc.constantFrom('application/x-indesign', 'application/vnd.adobe.indesign-idml-package'),
      embedLinks: flag,
      outputFilebaseString: fc.constant('converted.zip'),
    },
    ['targetDocuments', 'outputMediaType'],
  ),
};

/** Bodies that an operation takes without a warning. */
export const bodiesOf = ({ path }: { path: string }): fc.Arbitrary<Record<string, unknown>> =>
  bodies[path] ?? fc.constant({});
