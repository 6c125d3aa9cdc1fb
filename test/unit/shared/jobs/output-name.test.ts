import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedFolder, outputKey, outputPrefixes, parseOutputKey, prefixes } from '#shared/deployment/bucket.ts';
import { createNameClaims, toSafeName } from '#shared/jobs/output-name.ts';
import { inTier } from '#test/fixtures/tier.ts';

const createdAt = '2026-03-01T12:00:00.000Z';
const batch = { batchId: '5f7e7aca-0e9e-5bf6-9261-5fb343c899d8', createdAt };

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '..',
    '.',
    '/',
    'a/../../b',
    'CON',
    'nul.png',
    'LPT1',
    'job',
    'x.jpg.png',
    'e\u0301',
    '\u202egpj.exe',
    '‮',
    '\0',
  ),
);

describe('a safe name', () => {
  it('is a part of a key that every store, address, shell and file system takes, whatever it is made of', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const name = toSafeName(text);
        if (name === undefined) return;
        expect(name).toMatch(/^[\p{L}\p{M}\p{N}_-]+$/u);
        expect(name).toMatch(/[\p{L}\p{N}]/u);
        expect(name).not.toMatch(/^-|-$/);
        expect(name.normalize('NFC')).toBe(name);
        expect(name.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(201);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d|job)$/i);
        expect(toSafeName(name)).toBe(name);
      }),
      { numRuns: inTier(500, 5_000) },
    );
  });

  it.each([
    ['Red kite, 16:9', 'Red-kite-16-9'],
    ['  kite.JPG ', 'kite'],
    ['a/b\\c', 'a-b-c'],
    ['../../etc/passwd', 'etc-passwd'],
    ['v1.2', 'v1-2'],
    ['Cafe\u0301', 'Café'],
    ['寿司-🍣-01', '寿司-01'],
    ['con', 'con_'],
    ['job', 'job_'],
    ['é'.repeat(200), 'é'.repeat(100)],
  ])('of %j is %j', (text, name) => {
    expect(toSafeName(text)).toBe(name);
  });

  it.each(['', '...', '-', '🍣', '\u0301', '/'])('cannot be made of %j', (text) => {
    expect(toSafeName(text)).toBeUndefined();
  });
});

describe('the names of a batch', () => {
  const wanted = fc.record({
    name: fc.oneof(fc.constantFrom('kite', 'Kite', 'kite-1', 'kite-2', 'kite-2-1', 'dog'), anyText),
    count: fc.integer({ min: 1, max: 4 }),
    /** Adobe may make fewer than it was asked for, or more. */
    made: fc.integer({ min: 0, max: 6 }),
    extension: fc.constantFrom('jpg', 'png'),
  });

  it('never lead two outputs to one key, lead to the same keys again, and can be erased job by job', () => {
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 30 }), (rows) => {
        const build = () => {
          const claims = createNameClaims();
          return rows.map(({ name: text, count, made, extension }, index) => {
            const name = toSafeName(text);
            const jobId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
            const outputName = name && { name: claims.claim(name, count), count, folder: namedFolder(batch) };
            const job = { jobId, createdAt, outputName: outputName || undefined };
            return { job, keys: Array.from({ length: made }, (_, output) => outputKey(job, output, extension)) };
          });
        };
        const jobs = build();
        expect(build()).toEqual(jobs);
        const keys = jobs.flatMap((job) => job.keys);
        expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(keys.length);
        for (const { job, keys: own } of jobs) {
          const isUnder = (key: string) => outputPrefixes(job).some((prefix) => key.startsWith(prefix));
          expect(keys.filter(isUnder)).toEqual(own);
        }
        for (const key of keys) {
          expect(key.startsWith(prefixes.outputs)).toBe(true);
          expect(Buffer.byteLength(key)).toBeLessThan(1_024);
          expect(parseOutputKey(key)).toBeDefined();
        }
      }),
      { numRuns: inTier(100, 300) },
    );
  });

  it('are numbered by row where they are the same, and so are several outputs of one row', () => {
    const claims = createNameClaims();
    const claim = (name: string, count: number) => claims.claim(name, count);
    expect([claim('kite', 1), claim('kite', 1), claim('dog', 3), claim('dog-2', 1), claim('KITE', 2)]).toEqual([
      'kite',
      'kite-2',
      'dog',
      'dog-2-2',
      'KITE-3',
    ]);
    const job = { jobId: batch.batchId, createdAt, outputName: { name: 'dog', count: 3, folder: namedFolder(batch) } };
    expect([0, 1, 2].map((index) => outputKey(job, index, 'jpg'))).toEqual([
      `${namedFolder(batch)}dog-1.jpg`,
      `${namedFolder(batch)}dog-2.jpg`,
      `${namedFolder(batch)}dog-3.jpg`,
    ]);
  });

  it('are given out in time though all rows have the same', () => {
    const claims = createNameClaims();
    let last = '';
    for (let row = 0; row < 20_000; row += 1) last = claims.claim('same', 1);
    expect(last).toBe('same-20000');
  });
});
