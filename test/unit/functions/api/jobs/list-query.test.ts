import { describe, expect, it } from 'vitest';
import { readJobListQuery } from '#functions/api/jobs/list-query.ts';

describe('the query of GET /jobs', () => {
  it('lets all jobs pass, newest first, where it says nothing', () => {
    const { list, ...query } = readJobListQuery({});
    expect(query).toMatchObject({ limit: 20, words: [], isFavourite: false, oldestFirst: false });
    expect(list).toBe(readJobListQuery({ limit: '5', cursor: 'x', thumbnails: '256' }).list);
  });

  it('reads what is wanted', () => {
    expect(
      readJobListQuery({
        q: '  Two  WORDS ',
        operation: 'images/generate',
        model: 'image3',
        batch: '0B5A3F5E-6D1C-4A60-9F0E-000000000001',
        seed: '-7',
        favourite: 'true',
        sort: 'oldest',
        thumbnails: '512',
      }),
    ).toMatchObject({
      words: ['two', 'words'],
      operation: 'images/generate',
      modelVersion: 'image3',
      batchId: '0b5a3f5e-6d1c-4a60-9f0e-000000000001',
      seed: -7,
      isFavourite: true,
      oldestFirst: true,
      thumbnailWidth: 512,
    });
  });

  it('reads days in UTC, the last one to its end, and times with their offset', () => {
    expect(readJobListQuery({ from: '2026-03-01', to: '2026-03-01' })).toMatchObject({
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-02T00:00:00.000Z',
    });
    expect(readJobListQuery({ from: '2026-03-01T01:00:00+02:00' }).from).toBe('2026-02-28T23:00:00.000Z');
    expect(readJobListQuery({ changedSince: '2026-03-01T12:00:00Z' }).since).toBe('2026-03-01T12:00:00.000Z');
  });

  it.each<[string, Record<string, string>]>([
    ['q', { q: 'x'.repeat(201) }],
    ['operation', { operation: 'none' }],
    ['batch', { batch: 'b' }],
    ['seed', { seed: '1.5' }],
    ['seed', { seed: '99999999999999999999' }],
    ['favourite', { favourite: 'yes' }],
    ['sort', { sort: 'largest' }],
    ['thumbnails', { thumbnails: '300' }],
    ['from', { from: 'yesterday' }],
    ['from', { from: '0000-01-01T00:00:00+23:00' }],
    ['to', { from: '2026-03-02', to: '2026-03-01' }],
    ['changedSince', { changedSince: '2026-03-01' }],
    ['sort', { changedSince: '2026-03-01T12:00:00Z', sort: 'oldest' }],
    ['from', { changedSince: '2026-03-01T12:00:00Z', from: '2026-03-01' }],
  ])('names %s that is wrong: %j', (name, query) => {
    expect(() => readJobListQuery(query)).toThrow(
      expect.objectContaining({
        status: 400,
        details: { validationErrors: [expect.objectContaining({ loc: ['query', name] })] },
      }),
    );
  });
});
