import { describe, expect, it } from 'vitest';
import { compareSettings } from '#console/src/compare/compare-settings.ts';
import { compareAddress, readCompared, remixAddress } from '#console/src/ui/addresses.ts';

const [first, second] = ['0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002'];

describe('the address of a comparison', () => {
  it('names the pictures, and is read as it was written', () => {
    const pictures = [
      { jobId: first, index: 0 },
      { jobId: second, index: 3 },
    ];
    const address = compareAddress(pictures);
    expect(address).toBe(`/compare?jobs=${first}/0,${second}/3`);
    expect(readCompared(new URL(address, 'http://localhost').searchParams.get('jobs') ?? '')).toEqual(pictures);
  });

  it('leaves out what is no picture, stands twice or is too much', () => {
    expect(readCompared(`${first},${first}/0,x,../${second},,${second}/1`)).toEqual([
      { jobId: first, index: 0 },
      { jobId: second, index: 1 },
    ]);
    expect(readCompared([0, 1, 2, 3, 4].map((index) => `${first}/${index}`).join(','))).toHaveLength(4);
    expect(readCompared('')).toEqual([]);
  });

  it('is another one for a remix', () => {
    expect(remixAddress('a b', { withSeeds: true })).toBe('/new?from=a%20b&seed=1');
    expect(remixAddress('a')).toBe('/new?from=a');
  });
});

describe('compared settings', () => {
  it('stand side by side, those that differ first', () => {
    const prompt = (value: string) => [
      { path: 'prompt', name: 'Prompt', value },
      { path: 'size.width', name: 'Size · Width', value: '1' },
    ];
    const settings = compareSettings([
      { operation: 'images/generate', modelVersion: 'image3', seed: 1, settings: prompt('a fox') },
      { operation: 'images/generate', seed: 1, settings: prompt('a hare') },
    ]);
    expect(settings).toEqual([
      { name: 'Model', values: ['image3', undefined], differs: true },
      { name: 'Prompt', values: ['a fox', 'a hare'], differs: true },
      { name: 'Operation', values: ['images/generate', 'images/generate'], differs: false },
      { name: 'Seed of the picture', values: ['1', '1'], differs: false },
      { name: 'Size · Width', values: ['1', '1'], differs: false },
    ]);
  });
});
