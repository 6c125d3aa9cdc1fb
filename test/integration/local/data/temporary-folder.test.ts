import { mkdir, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { expect, it } from 'vitest';
import { createTemporaryFolder } from '#local/data/temporary-folder.ts';

it('removes what killed processes left, and nothing that is open, or was made just now', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'temporary-'));
  const opened: ClassicLevel[] = [];
  const make = async (name: string) => {
    const path = join(parent, name);
    await mkdir(path);
    const level = new ClassicLevel(path);
    await level.open();
    opened.push(level);
    return level;
  };
  try {
    await (await make('firefly-gateway-tables-left')).close();
    await make('firefly-gateway-tables-open');
    await mkdir(join(parent, 'firefly-gateway-tables-empty'));
    await mkdir(join(parent, 'of-others'));
    const long = new Date(Date.now() - 3_600_000);
    for (const name of await readdir(parent)) await utimes(join(parent, name), long, long);
    const first = await createTemporaryFolder(parent);
    const second = await createTemporaryFolder(parent);
    expect((await stat(first.path)).mode & 0o777).toBe(0o700);
    const kept = ['firefly-gateway-tables-open', 'of-others', basename(first.path), basename(second.path)];
    expect((await readdir(parent)).sort()).toEqual(kept.sort());
    await first.remove();
    expect(await readdir(parent)).toHaveLength(3);
  } finally {
    for (const level of opened) await level.close();
    await rm(parent, { recursive: true });
  }
});
