import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indesign as simulated } from '#local/simulator/indesign/service.ts';
import { asFields } from '#shared/adobe/services/body-fields.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { indesign } from '#shared/adobe/services/indesign/service.ts';
import { breakagesOf } from '#test/fixtures/broken-bodies.ts';
import { bodySchema } from '#test/fixtures/request-bodies.ts';

const operationAt = (path: string) => {
  const found = indesign.operations.find((operation) => operation.path === path);
  if (found === undefined) throw new Error(`There is no operation at ${path}.`);
  return found;
};

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

const bodiesOf = ({ path }: { path: string }): fc.Arbitrary<Record<string, unknown>> => bodies[path] ?? fc.constant({});

describe('what InDesign documents', () => {
  it.each(indesign.operations)('$name is taken without a warning, by the simulator as well', (operation) => {
    const played = simulated.operations.find(({ path }) => path === operation.path);
    fc.assert(
      fc.property(bodiesOf(operation), (request) => {
        expect(checkRequest(operation, request)).toEqual({ issues: [], warnings: [] });
        expect(played?.body.safeParse(request).error).toBeUndefined();
        const extended = { ...request, params: { ...asFields(request['params']), added: 1 } };
        expect(checkRequest(operation, extended)).toMatchObject({
          issues: [],
          warnings: [expect.stringContaining('params.added')],
        });
      }),
      { numRuns: 25 },
    );
  });

  it.each(indesign.operations)('$name, broken in one place, is refused by the name of the place', (operation) => {
    const broken = bodiesOf(operation).chain((request) =>
      fc.constantFrom(...breakagesOf(bodySchema(operation), request)),
    );
    fc.assert(
      fc.property(broken, ({ path, body: request }) => {
        expect(checkRequest(operation, request).issues.map((issue) => issue.path)).toContainEqual(path);
      }),
      { numRuns: 40 },
    );
  });
});

const asset = (destination?: string) => ({ source: { url: 's3://bucket/a.indd' }, destination });
const output = (source: string) => ({ source, destination: { url: 'https://bucket.s3.amazonaws.com/out' } });
const rendition = { targetDocuments: ['a.indd'], outputMediaType: 'application/pdf' };
const merge = { targetDocument: 'a.indd', dataSource: 'data.csv' };

describe('the names in a request', () => {
  it.each<[string, string, object, (string | number)[]]>([
    [
      'a way out',
      '/v3/create-rendition',
      { assets: [asset('../a.indd'), asset('a.indd')], params: rendition },
      ['assets', 0, 'destination'],
    ],
    [
      'a way out at the end',
      '/v3/create-rendition',
      { assets: [asset('a/..'), asset('a.indd')], params: rendition },
      ['assets', 0, 'destination'],
    ],
    [
      'a slash at the start',
      '/v3/create-rendition',
      { assets: [asset('/a.indd'), asset('a.indd')], params: rendition },
      ['assets', 0, 'destination'],
    ],
    [
      'a drive',
      '/v3/create-rendition',
      { assets: [asset('C:\\a.indd'), asset('a.indd')], params: rendition },
      ['assets', 0, 'destination'],
    ],
    [
      'two of one name',
      '/v3/create-rendition',
      { assets: [asset('a.indd'), asset('./a.indd')], params: rendition },
      ['assets', 1, 'destination'],
    ],
    [
      'a document that is no asset',
      '/v3/create-rendition',
      { assets: [asset('b.indd')], params: rendition },
      ['params', 'targetDocuments', 0],
    ],
    [
      'two documents',
      '/v3/create-rendition',
      { assets: [asset('a.indd'), asset('b.indd')], params: { ...rendition, targetDocuments: ['a.indd', 'b.indd'] } },
      ['params', 'targetDocuments'],
    ],
    [
      'data that are no asset',
      '/v3/merge-data',
      { assets: [asset('a.indd')], params: merge },
      ['params', 'dataSource'],
    ],
    [
      'export settings that are no asset',
      '/v3/merge-data',
      { assets: [asset('a.indd'), asset('data.csv')], params: { ...merge, exportSettings: { jobOptionsFile: 'x' } } },
      ['params', 'exportSettings', 'jobOptionsFile'],
    ],
    [
      'a new link that is no asset',
      '/v3/document-info',
      {
        assets: [asset('a.indd')],
        params: {
          targetDocument: 'a.indd',
          generalSettings: {
            links: {
              replaceLinks: [
                { targetDocument: 'a.indd', mapping: [{ newAssetRelativePath: 'new.png', currentURI: 'old' }] },
              ],
            },
          },
        },
      },
      ['params', 'generalSettings', 'links', 'replaceLinks', 0, 'mapping', 0, 'newAssetRelativePath'],
    ],
    [
      'an output outside',
      '/v3/create-rendition',
      { assets: [asset('a.indd')], params: rendition, outputs: [output('../a.pdf')] },
      ['outputs', 0, 'source'],
    ],
    [
      'one place twice',
      '/v3/create-rendition',
      { assets: [asset('a.indd')], params: rendition, outputs: [output('out/a.pdf'), output('out\\a.pdf')] },
      ['outputs', 1, 'source'],
    ],
    [
      'more assets than Adobe takes',
      '/v3/create-rendition',
      {
        assets: Array.from({ length: 999 }, (_, index) => asset(index === 0 ? 'a.indd' : `${index}.png`)),
        params: rendition,
        outputs: [output('a.pdf'), output('b.pdf')],
      },
      ['outputs'],
    ],
  ])('%s is refused by its place', (_, path, request, place) => {
    expect(checkRequest(operationAt(path), request).issues.map((issue) => issue.path)).toEqual([place]);
  });

  it('a parameter may name an asset that goes by the end of its URL', () => {
    const request = { assets: [asset()], params: rendition };
    expect(checkRequest(operationAt('/v3/create-rendition'), request).issues).toEqual([]);
  });

  it('no body makes the rules fail', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...indesign.operations),
        fc.object({ key: fc.constantFrom('assets', 'params', 'outputs', 'targetDocument', 'x') }),
        (operation, request) => {
          expect(() => checkRequest(operation, request)).not.toThrow();
        },
      ),
    );
  });
});
