import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeFolders, filesMatching, packageJson, read, root } from './repository.ts';

interface Cruise {
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: { totalCruised: number; violations: { from: string; rule: { name: string } }[] };
}

const cruiseArguments = ['--config', join(root, '.dependency-cruiser.cjs')];
const depcruise = join(root, 'node_modules/.bin/depcruise');

const cruise = (folder: string): Cruise => {
  const { stdout } = spawnSync(depcruise, [...cruiseArguments, '--output-type', 'json', ...codeFolders], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Cruise;
};

/** A project with the given files. */
const writeProject = (folder: string, files: Record<string, string>): void => {
  for (const top of codeFolders) mkdirSync(join(folder, top));
  const manifest = JSON.stringify({
    type: 'module',
    imports: packageJson.imports,
    devDependencies: { 'a-tool': '1.0.0' },
  });
  for (const [path, text] of Object.entries({ 'package.json': manifest, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
};

/** Each way of importing, one of which a rule might overlook. */
const importsOf = (target: string): Record<string, string> => ({
  'a value': `import { fine } from '${target}';\nexport const copy = fine;\n`,
  'a type': `import type { fine } from '${target}';\nexport type Copy = typeof fine;\n`,
  'a type among values': `import { type fine } from '${target}';\nexport type Copy = typeof fine;\n`,
  're-export': `export { fine } from '${target}';\n`,
  're-export of everything': `export * from '${target}';\n`,
  'side effect': `import '${target}';\n`,
  'dynamic import': `export const load = () => import('${target}');\n`,
});

const violations: [rule: string, path: string, target: string][] = [
  ['shared-stands-alone', 'shared/planted.ts', '#functions/fine.ts'],
  ['shared-stands-alone', 'shared/planted.ts', '#infra/fine.ts'],
  ['shared-stands-alone', 'shared/planted.ts', '#local/fine.ts'],
  ['shared-stands-alone', 'shared/planted.ts', '#test/fine.ts'],
  ['shared-stands-alone', 'shared/planted.ts', '../local/fine.ts'],
  ['adobe-without-aws', 'shared/adobe/planted.ts', '../aws/clients.ts'],
  ['adobe-without-aws', 'shared/adobe/services/planted.ts', '@aws-sdk/client-s3'],
  ['adobe-without-aws', 'shared/adobe/planted.ts', '@aws/durable-execution-sdk-js'],
  ['adobe-without-aws', 'shared/adobe/planted.ts', '@middy/core'],
  ['jobs-without-http', 'shared/jobs/planted.ts', '../requests/validation-errors.ts'],
  ['jobs-without-http', 'shared/jobs/planted.ts', 'node:http'],
  ['jobs-without-http', 'shared/jobs/planted.ts', 'ky'],
  ['functions-import-shared-only', 'functions/api/planted.ts', '#infra/fine.ts'],
  ['functions-import-shared-only', 'functions/api/planted.ts', '#local/fine.ts'],
  ['functions-import-shared-only', 'functions/api/planted.ts', '#test/fine.ts'],
  ['functions-apart', 'functions/api/planted.ts', '#functions/dispatch/environment.ts'],
  ['functions-apart', 'functions/api/planted.ts', '../dispatch/environment.ts'],
  ['infra-without-functions', 'infra/planted.ts', '#functions/dispatch/environment.ts'],
  ['production-without-local', 'infra/planted.ts', '#local/fine.ts'],
  ['production-without-local', 'infra/planted.ts', '#test/fine.ts'],
  ['local-without-test', 'local/planted.ts', '#test/fine.ts'],
  ['run-time-packages', 'functions/api/planted.ts', 'a-tool'],
  ['resolvable', 'shared/planted.ts', './missing.ts'],
];

const targets = {
  ...Object.fromEntries(codeFolders.map((top) => [`${top}/fine.ts`, 'export const fine = true;\n'])),
  'shared/aws/clients.ts': 'export const fine = true;\n',
  'shared/requests/validation-errors.ts': 'export const fine = true;\n',
  'functions/dispatch/environment.ts': 'export const fine = true;\n',
  'node_modules/a-tool/package.json': '{"name":"a-tool","version":"1.0.0","main":"index.js"}',
  'node_modules/a-tool/index.js': 'exports.fine = true;\n',
};

describe('the rules between folders', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'folder-rules-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const rulesBroken = (): Map<string, string[]> => {
    const broken = new Map<string, string[]>();
    for (const { from, rule } of cruise(folder).summary.violations) {
      broken.set(from, [...(broken.get(from) ?? []), rule.name]);
    }
    return broken;
  };

  it('catch every planted violation, whatever the kind of import', () => {
    const planted = violations.flatMap(([rule, path, target], index) =>
      Object.entries(importsOf(target)).map(([kind, text], way) => ({
        rule,
        // The type-only import of a package that is not listed does no harm at run time.
        harmless: rule === 'run-time-packages' && kind.startsWith('a type'),
        path: path.replace('planted', `planted-${index}-${way}`),
        text,
        name: `${path} -> ${target} (${kind})`,
      })),
    );
    writeProject(folder, { ...targets, ...Object.fromEntries(planted.map(({ path, text }) => [path, text])) });

    const broken = rulesBroken();

    const missed = planted.filter(({ path, rule, harmless }) => !harmless && !broken.get(path)?.includes(rule));
    expect(missed.map(({ name }) => name)).toEqual([]);
  });

  it('allow what they do not forbid', () => {
    const importing = (...modules: string[]) =>
      modules.map((module, index) => `import { fine as f${index} } from '${module}';\n`).join('') +
      `export const fine = [${modules.map((_, index) => `f${index}`).join(', ')}];\n`;
    writeProject(folder, {
      'shared/fine.ts': "import { createHash } from 'node:crypto';\nexport const fine = createHash;\n",
      'shared/jobs/job.ts': importing('../fine.ts'),
      'shared/adobe/operations.ts': importing('../jobs/job.ts'),
      'shared/aws/clients.ts': importing('../adobe/operations.ts'),
      'shared/requests/validation-errors.ts': importing('../jobs/job.ts'),
      'functions/api/handler.ts': importing(
        './route.ts',
        '#shared/aws/clients.ts',
        '#shared/requests/validation-errors.ts',
      ),
      'functions/api/route.ts': importing('#shared/jobs/job.ts'),
      'infra/app.ts': importing('#shared/fine.ts'),
      'local/cli/start.ts': importing('#shared/jobs/job.ts'),
      'test/fine.ts': importing('#functions/api/route.ts', '#local/cli/start.ts', '#infra/app.ts', '#shared/fine.ts'),
    });

    expect([...rulesBroken()]).toEqual([]);
  });

  it('find circles, also of types', () => {
    writeProject(folder, {
      'local/one.ts': "import { two } from './two.ts';\nexport type One = string;\nexport const one = two;\n",
      'local/two.ts': "import type { One } from './one.ts';\nexport const two: One = '';\n",
    });
    expect(rulesBroken().get('local/one.ts')).toContain('no-cycles');
  });

  it.each(['shared', 'functions/api', 'infra', 'local'])('find circles of folders in %s, also of types', (top) => {
    writeProject(folder, {
      [`${top}/one/uses.ts`]: "import type { two } from '../two/used.ts';\nexport type Two = typeof two;\n",
      [`${top}/one/used.ts`]: 'export const one = true;\n',
      [`${top}/two/uses.ts`]: "export { one } from '../one/used.ts';\n",
      [`${top}/two/used.ts`]: 'export const two = true;\n',
    });
    const broken = rulesBroken();
    expect(broken.get(`${top}/one`)).toEqual(['no-folder-cycles']);
    expect([...broken.values()].flat()).not.toContain('no-cycles');
  });

  it('find code that nothing reaches', () => {
    writeProject(folder, {
      'functions/api/handler.ts': "export { used } from './used.ts';\n",
      'functions/api/used.ts': 'export const used = true;\n',
      'functions/api/unused.ts': "export { used } from './used.ts';\n",
      'test/unused.test.ts': "export { used } from '#functions/api/unused.ts';\n",
    });
    const broken = rulesBroken();
    expect(broken.get('functions/api/unused.ts')).toEqual(['no-dead-code']);
    expect(broken.has('functions/api/used.ts')).toBe(false);
  });

  it('make the command fail that npm run check runs', () => {
    writeProject(folder, { ...targets, 'shared/planted.ts': "export { fine } from '#local/fine.ts';\n" });
    const { status, stdout } = spawnSync(depcruise, [...cruiseArguments, ...codeFolders], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stdout).toContain('shared-stands-alone');
    expect(packageJson.scripts['check']).toContain(
      `depcruise --config .dependency-cruiser.cjs ${codeFolders.join(' ')}`,
    );
  });

  it('are applied to every file of the project', () => {
    const { modules, summary } = cruise(root);
    const cruised = new Set(modules.map(({ source }) => source));
    const expected = codeFolders.flatMap((top) => filesMatching(`${top}/**/*.ts`));
    expect(summary.totalCruised).toBeGreaterThan(100);
    expect(expected.filter((path) => !cruised.has(path))).toEqual([]);
    const parts = modules.find(({ source }) => source === 'functions/generate/context.ts');
    expect(parts?.dependencies.map(({ resolved }) => resolved)).toContain('shared/jobs/job.ts');
  });

  it('cannot be walked around by a type that is imported in place', () => {
    // dependency-cruiser does not see `type A = import('...').A`; it does see an import of values, which is awaited or followed by `then`.
    const importing = ['shared', 'functions', 'infra', 'local']
      .flatMap((top) => filesMatching(`${top}/**/*.ts`))
      .filter((path) => /typeof import\(|\bimport\(\s*['"`][^'"`]*['"`]\s*\)\s*\.(?!then\b)/.test(read(path)));
    expect(importing).toEqual([]);
  });
});
