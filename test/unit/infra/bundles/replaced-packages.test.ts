import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyClient, writeNames } from '#infra/bundles/replaced-packages.ts';

it('names of constants are written in full, and no others', () => {
  const source = 'const _h = "http";\nvar a = { [_h]: ["GET", 200], [other]: _h };';
  expect(writeNames(source)).toBe('const _h = "http";\nvar a = { "http": ["GET", 200], [other]: _h };');
});

it('a client is copied once, and its schemas compute no names', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'clients-'));
  try {
    const copy = copyClient('@aws-sdk/client-lambda', directory);
    const schemas = join(copy, 'dist-es/schemas/schemas_0.js');
    expect(await readFile(schemas, 'utf8')).not.toMatch(/\[\w+\]:/);
    const { mtimeMs } = await stat(schemas);
    expect(copyClient('@aws-sdk/client-lambda', directory)).toBe(copy);
    expect((await stat(schemas)).mtimeMs).toBe(mtimeMs);
  } finally {
    await rm(directory, { recursive: true });
  }
});
