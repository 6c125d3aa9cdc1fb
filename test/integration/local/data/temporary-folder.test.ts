import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { createTemporaryFolder } from '#local/data/temporary-folder.ts';

it('removes what killed processes left, and nothing of those that run', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'temporary-'));
  try {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(ended, 'exit');
    await mkdir(join(parent, `firefly-gateway-tables-${ended.pid}-left`));
    await mkdir(join(parent, 'of-others'));
    const first = await createTemporaryFolder(parent);
    const second = await createTemporaryFolder(parent);
    expect((await stat(first.path)).mode & 0o777).toBe(0o700);
    expect((await readdir(parent)).sort()).toEqual(
      [first.path, second.path]
        .map((path) => basename(path))
        .concat('of-others')
        .sort(),
    );
    await first.remove();
    expect(await readdir(parent)).toHaveLength(2);
  } finally {
    await rm(parent, { recursive: true });
  }
});
