import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { architecture } from '#infra/constructs/functions/bundling.ts';
import { codecFiles } from '#shared/deployment/codec-files.ts';
import { functionNames } from '#shared/deployment/names.ts';
import { maxBundleBytes } from '#test/fixtures/bundled-functions.ts';
import { buildApp, type Resource } from './synthesise.ts';

describe('a deployed function', () => {
  const directories = new Map<string, string>();

  beforeAll(() => {
    const { app, stack } = buildApp({}, { builtinCloudFormationValidation: false, context: {} });
    const assembly = app.synth();
    const template = assembly.getStackByName(stack.stackName).template as { Resources: Record<string, Resource> };
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const { S3Key } = Properties['Code'] as { S3Key: string };
      const name = String(Properties['FunctionName']).replace('firefly-gateway-test-', '');
      directories.set(name, `${assembly.directory}/asset.${S3Key.replace(/\.zip$/, '')}`);
    }
  });

  it.each(functionNames)('%s is one minified CommonJS module that needs nothing but Node', async (name) => {
    const directory = directories.get(name) ?? '';
    const codecs = Object.values(codecFiles).map((path) => basename(path));
    const beside = { api: ['console'], thumbnail: codecs }[String(name)] ?? [];
    const compiled = process.arch === architecture.node ? ['index.js.cache'] : [];
    const own = ['index.js', 'index.js.LEGAL.txt', 'index.js.map', 'start.js', ...compiled];
    expect(readdirSync(directory).sort()).toEqual([...beside, ...own].sort());

    const file = `${directory}/index.js`;
    const { metafile } = await build({
      entryPoints: [file],
      platform: 'node',
      format: 'cjs',
      bundle: true,
      write: false,
      metafile: true,
      packages: 'external',
      logLevel: 'error',
    });
    const [module] = Object.values(metafile.outputs);
    expect(module?.imports.map(({ path }) => path).filter((path) => !isBuiltin(path))).toEqual([]);

    const code = readFileSync(file, 'utf8');
    expect(code).toMatch(/^'use strict';/);
    // Of the places where the SDK looks for credentials, Lambda has the environment only.
    expect(code).not.toContain('GetRoleCredentials');
    expect(code.length / code.split('\n').length).toBeGreaterThan(200);
    expect(statSync(file).size).toBeLessThan(maxBundleBytes[name] ?? 1_200_000);
  });

  it('api brings the files of the console beside its code, compressed as well', () => {
    const files = readdirSync(`${directories.get('api')}/console`, { recursive: true }).map(String);
    expect(files).toContain('index.html');
    expect(files.some((file) => /^assets\/.*\.js$/.test(file))).toBe(true);
    const plain = files.filter((file) => file.includes('.') && !file.endsWith('.gz'));
    expect(plain.filter((file) => !files.includes(`${file}.gz`))).toEqual([]);
  });

  it.each(functionNames)('%s has a source map to its sources', (name) => {
    const map = JSON.parse(readFileSync(`${directories.get(name)}/index.js.map`, 'utf8')) as { sources: string[] };
    expect(map.sources.filter((source) => source.endsWith(`functions/${name}/handler.ts`))).toHaveLength(1);
  });
});
