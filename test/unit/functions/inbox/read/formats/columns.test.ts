import { expect, it } from 'vitest';
import { readColumns } from '#functions/inbox/read/formats/columns.ts';

it('a column that only another service has says nothing to a row, unless it begins with body.', () => {
  const columns = readColumns(['operation', 'prompt', 'mode', 'image.source.url', 'body.zoom']);
  const rows = [
    ['', 'a cat', 'spring', '', '1'],
    ['images/generate', 'a cat', 'spring', '', ''],
    ['photoshop/remove-background', 'a cat', 'mask', 's3://b/k', ''],
    ['no/such-operation', 'a cat', 'mask', '', ''],
  ];
  expect(rows.map((row) => columns.buildRequest(row).body)).toEqual([
    { prompt: 'a cat', zoom: '1' },
    { prompt: 'a cat' },
    { mode: 'mask', image: { source: { url: 's3://b/k' } } },
    { prompt: 'a cat', mode: 'mask' },
  ]);
});
