import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { indesign } from '#shared/adobe/services/indesign/service.ts';

const operationAt = (path: string) => {
  const found = indesign.operations.find((operation) => operation.path === path);
  if (found === undefined) throw new Error(`There is no operation at ${path}.`);
  return found;
};

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
