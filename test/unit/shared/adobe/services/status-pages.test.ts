import { describe, expect, it } from 'vitest';
import { readPages } from '#shared/adobe/services/status-pages.ts';

const base = 'https://service.adobe.io/v3/status/a';

/** Pages that name the one behind them. */
const nextPage = (body: unknown): string | undefined => (body as { next?: string }).next;

const play = (pages: Record<string, object>) => {
  const asked: string[] = [];
  const get = async (url: string) => {
    asked.push(url);
    const page = pages[url];
    return page === undefined
      ? { kind: 'lost' as const, reason: 'The connection was lost.' }
      : { kind: 'answered' as const, status: 200, body: JSON.stringify(page) };
  };
  return { asked, get };
};

describe('a status in pages', () => {
  it('is read to its end; lists at the top are joined, all else is that of the first page', async () => {
    const { asked, get } = play({
      [`${base}?2`]: { status: 'x', outputs: [2], errors: ['b'], next: `${base}?3` },
      [`${base}?3`]: { outputs: [3], more: [1] },
    });
    const first = { status: 'succeeded', outputs: [1], errors: ['a'], next: `${base}?2` };
    expect(await readPages(first, base, { nextPage }, get)).toEqual({
      ...first,
      outputs: [1, 2, 3],
      errors: ['a', 'b'],
    });
    expect(asked).toEqual([`${base}?2`, `${base}?3`]);
  });

  it('of which one cannot be read is none', async () => {
    const { get } = play({ [`${base}?2`]: { outputs: [2], next: `${base}?3` } });
    expect(await readPages({ outputs: [1], next: `${base}?2` }, base, { nextPage }, get)).toBeUndefined();
  });

  it('that never ends is read no further than a job can hold', async () => {
    const { asked, get } = play({ [`${base}?2`]: { outputs: [2], next: `${base}?2` } });
    await readPages({ outputs: [1], next: `${base}?2` }, base, { nextPage }, get);
    expect(asked).toHaveLength(99);
  });

  it('of a service without pages is what it is', async () => {
    const { asked, get } = play({});
    expect(await readPages('text', base, {}, get)).toBe('text');
    expect(asked).toEqual([]);
  });
});
