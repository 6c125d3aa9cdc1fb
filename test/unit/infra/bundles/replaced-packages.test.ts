import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { copyClient, lambdaModules, writeNames } from '#infra/bundles/replaced-packages.ts';

it('names of constants are written in full, and no others', () => {
  const source = 'const _h = "http";\nvar a = { [_h]: ["GET", 200], [other]: _h };';
  expect(writeNames(source)).toBe('const _h = "http";\nvar a = { "http": ["GET", 200], [other]: _h };');
});

it('a client is copied once, and its schemas compute no names', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'clients-'));
  try {
    const copy = copyClient('@aws-sdk/client-lambda', undefined, directory);
    const schemas = join(copy, 'dist-es/schemas/schemas_0.js');
    expect(await readFile(schemas, 'utf8')).not.toMatch(/\[\w+\]:/);
    const { mtimeMs } = await stat(schemas);
    expect(copyClient('@aws-sdk/client-lambda', undefined, directory)).toBe(copy);
    expect((await stat(schemas)).mtimeMs).toBe(mtimeMs);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('a client is copied with some of its commands alone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'clients-'));
  try {
    const copy = copyClient('@aws-sdk/client-lambda', ['LambdaClient', 'commands/InvokeCommand'], directory);
    const { outputFiles } = await build({
      stdin: { contents: `export * from ${JSON.stringify(copy)};`, resolveDir: copy },
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      write: false,
      nodePaths: ['node_modules'],
    });
    const code = outputFiles[0]?.text ?? '';
    expect(code).toContain('InvokeCommand');
    expect(code).not.toContain('ListFunctionsCommand');
    expect(() => copyClient('@aws-sdk/client-lambda', ['commands/MadeUpCommand'], directory)).toThrow('MadeUpCommand');
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('of the client of Lambda, functions have all that the SDK of durable executions takes', async () => {
  const source = await readFile(fileURLToPath(import.meta.resolve('@aws/durable-execution-sdk-js')), 'utf8');
  const taken = [...source.matchAll(/\bmodule\.(\w+)\(/g)].map(([, name]) => name);
  expect(taken).toContain('CheckpointDurableExecutionCommand');
  const given = lambdaModules.map((module) => basename(module));
  expect(taken.filter((name) => !given.some((known) => known === name))).toEqual([]);
});
