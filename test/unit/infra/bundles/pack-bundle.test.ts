import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeMissingCompiler, findCompiler, packCompileCache, packStart } from '#infra/bundles/pack-bundle.ts';

const run = promisify(execFile);

const source = `import { basename } from 'node:path';
export const handler = async (): Promise<never> => {
  throw new TypeError(basename('/from/compiled'));
};`;

/** The stack of the error with which a handler fails in a fresh process. */
const fail = async (directory: string, flags: string[] = []): Promise<string> => {
  const program = `
    const { handler } = await import(${JSON.stringify(join(directory, 'start.js'))});
    console.log(await handler().catch(({ stack }) => stack));`;
  const { stdout, stderr } = await run(process.execPath, [...flags, '--input-type=module', '--eval', program]);
  expect(stderr).toBe('');
  return stdout.trim();
};

let parent = '';
const at = (...names: string[]) => join(parent, ...names);

/** A copy of the packed bundle whose source says something else, at the same length, which is all of it that V8 looks at. */
const copy = async (name: string, change: (code: Buffer) => Buffer | undefined = (code) => code): Promise<string> => {
  await cp(at('packed'), at(name), { recursive: true });
  const file = at(name, 'index.js');
  await writeFile(file, (await readFile(file, 'latin1')).replace('/from/compiled', '/from/sources!'));
  const cache = await readFile(`${file}.cache`);
  const changed = change(cache);
  await (changed ? writeFile(`${file}.cache`, changed) : rm(`${file}.cache`));
  return at(name);
};

/** With the checksum that belongs to it: what another Node has written. */
const resign = (cache: Buffer, offset: number): Buffer => {
  const code = Buffer.from(cache.subarray(0, -4));
  code.writeInt32LE(code.readInt32LE(offset) ^ 1, offset);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(code));
  return Buffer.concat([code, checksum]);
};

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'firefly-gateway-pack-'));
  await mkdir(at('sources'));
  await writeFile(at('sources', 'handler.ts'), source);
  await build({
    entryPoints: [at('sources', 'handler.ts')],
    outfile: at('packed', 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    sourcemap: true,
  });
  await packStart(at('packed'));
  await packCompileCache(at('packed'), process.arch);
});

afterAll(() => rm(parent, { recursive: true, force: true }));

describe('a packed bundle', () => {
  it.each([
    ['as anybody starts Node', []],
    ['as Lambda does', ['--expose-gc', '--max-old-space-size=460', '--max-semi-space-size=25']],
  ])('runs from compiled code %s', async (name, flags) => {
    expect(await fail(await copy(name), flags)).toContain('TypeError: compiled');
  });

  it.each<[string, (cache: Buffer) => Buffer | undefined]>([
    ['absent', () => undefined],
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (cache) => cache.subarray(0, cache.length / 2)],
    ['damaged', (cache) => cache.fill(0xff, cache.length / 2, cache.length / 2 + 8)],
    ['of another version of V8', (cache) => resign(cache, 4)],
    ['made under other flags', (cache) => resign(cache, 12)],
    ['of another architecture', (cache) => resign(cache, 16)],
  ])('runs without compiled code that is %s', async (name, change) => {
    expect(await fail(await copy(name, change))).toContain('TypeError: sources!');
  });

  it('names the line of the source in a stack trace, compiled before or now', async () => {
    for (const directory of [at('packed'), await copy('anew', () => undefined)]) {
      expect((await fail(directory)).split('\n')[1]).toMatch(/^ {4}at .*sources\/handler\.ts:3:9$/);
    }
  });

  it('starts from where nothing can be written, and writes nothing', async () => {
    const directory = await copy('read-only');
    const before = await readdir(directory);
    await chmod(directory, 0o555);
    expect(await fail(directory)).toContain('TypeError: compiled');
    expect(await readdir(directory)).toEqual(before);
  });

  it('has the same compiled code each time, so that a deployment changes only what has changed', async () => {
    const first = await readFile(at('packed', 'index.js.cache'));
    await packCompileCache(at('packed'), process.arch);
    expect((await readFile(at('packed', 'index.js.cache'))).equals(first)).toBe(true);
  });

  it('gets no compiled code from a Node of another architecture', async () => {
    await expect(packCompileCache(at('packed'), 'riscv64')).rejects.toThrow(`and this Node for ${process.arch}`);
  });
});

describe('the Node that compiles bundles', () => {
  const find = (arch: NodeJS.Architecture, command?: string) =>
    findCompiler('arm64', { arch, env: { COMPILE_CACHE_NODE: command } });

  it('is the one of this machine, or the one that is named', () => {
    expect(find('arm64')).toEqual([]);
    expect(find('x64', ' qemu-aarch64  /node/bin/node ')).toEqual(['qemu-aarch64', '/node/bin/node']);
  });

  it('is missed on another machine, in one line that says what to do', () => {
    expect(find('x64')).toBeUndefined();
    expect(find('x64', ' ')).toBeUndefined();
    expect(describeMissingCompiler('arm64')).toMatch(/^The functions .* no arm64: set COMPILE_CACHE_NODE to .*\.$/);
  });
});
