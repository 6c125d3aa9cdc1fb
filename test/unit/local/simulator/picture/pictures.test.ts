import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createPictures, pictureSvg } from '#local/simulator/picture/pictures.ts';

describe('pictures', () => {
  const request = { prompt: 'a cat', seed: 1, width: 120, height: 80, format: 'png' } as const;

  it('draw a scene, not a plain colour', async () => {
    const { channels } = await sharp(await createPictures().draw(request)).stats();
    for (const { stdev } of channels.slice(0, 3)) expect(stdev).toBeGreaterThan(5);
  });

  it.each([
    [1, 1],
    [4096, 1],
    [1, 4096],
  ])('can be %i by %i pixels', async (width, height) => {
    expect(await sharp(await createPictures().draw({ ...request, width, height })).metadata()).toMatchObject({
      width,
      height,
    });
  });

  it('can be drawn for any prompt', async () => {
    const prompts = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(prompts, fc.integer(), async (prompt, seed) => {
        const svg = pictureSvg({ prompt, seed, width: 16, height: 16 });
        expect((await sharp(Buffer.from(svg)).metadata()).width).toBe(16);
      }),
      { numRuns: 20 },
    );
  });

  it('are drawn once while they are remembered, and only so many are', async () => {
    const pictures = createPictures(2);
    const first = await pictures.draw(request);
    expect(await pictures.draw(request)).toBe(first);
    await pictures.draw({ ...request, seed: 2 });
    await pictures.draw({ ...request, seed: 3 });
    const again = await pictures.draw(request);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });
});
