import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { packCompileCache } from '#infra/bundles/pack-bundle.ts';
import { functionDefinitions } from '#local/stack-functions.ts';
import { stackNames, stackSettings } from '#local/stack-settings.ts';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';
import { bundleFunction, maxBundleBytes } from '#test/fixtures/bundled-functions.ts';
import { median, type Row, type Section } from './table.ts';

const run = promisify(execFile);

/** Size of a function's bundle and what it takes a fresh process to import it, beside what it takes without it. */
interface BundleFigures {
  bytes: number;
  /** Of the compiled code beside it. */
  compiledBytes: number;
  plain: Comparison;
  /** With `--expose-gc`, under which Node compiles its own modules anew. */
  asInLambda: Comparison;
}

/** Medians of several fresh processes, in turns. */
interface Comparison {
  import: Duration;
  /** The same for a module that only loads the modules of Node which the bundle loads, and `fetch`. */
  floor: Duration;
}

/** In ms: of the processor, which other work on the machine hardly changes, and on the clock. */
interface Duration {
  cpu: number;
  wall: number;
}

/** The environment that a function needs to be imported; its servers need not exist. */
const environmentOf = (key: FunctionName): Record<string, string> => {
  const nowhere = 'http://127.0.0.1:9';
  const endpoints = {
    gateway: nowhere,
    firefly: nowhere,
    services: {},
    ims: nowhere,
    ioManagement: nowhere,
    s3: nowhere,
    dynamodb: nowhere,
    secretsManager: nowhere,
    lambda: nowhere,
    eventBridge: nowhere,
  };
  const definition = functionDefinitions(stackSettings({}), () => endpoints).find(
    ({ name }) => name === stackNames.functions[key],
  );
  return { ...definition?.env, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
};

const importTimes = 15;

/** Loads a module in a process of its own, as at a cold start. */
const importOnce = async (file: string, env: Record<string, string>, flags: readonly string[]): Promise<Duration> => {
  const script = `
    const { resourceUsage } = process, start = performance.now(), before = resourceUsage();
    process.getBuiltinModule('module').createRequire(${JSON.stringify(file)})(${JSON.stringify(file)});
    const wall = performance.now() - start, after = resourceUsage();
    const cpu = (after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime) / 1000;
    console.log('took', JSON.stringify({ cpu, wall }));
    process.exit(0);`;
  const { stdout } = await run(process.execPath, [...flags, '--eval', script], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return JSON.parse(/took (.*)/.exec(stdout)?.[1] ?? '') as Duration;
};

/** Writes a module that loads what the bundle loads of Node, and nothing else. */
const writeFloor = async (bundle: string): Promise<string> => {
  const { metafile } = await build({
    entryPoints: [bundle],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
  });
  const modules = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const loads = [...new Set(modules)].filter(isBuiltin).map((path) => `require(${JSON.stringify(path)});`);
  const file = join(dirname(bundle), 'floor.js');
  await writeFile(file, [...loads, '[fetch, Headers, Request, Response];'].join('\n'));
  return file;
};

const medianOf = (durations: readonly Duration[]): Duration => ({
  cpu: median(durations.map(({ cpu }) => cpu)),
  wall: median(durations.map(({ wall }) => wall)),
});

/** Measures one function, with the compiled code that a deployment gives it. */
const measureBundle = async (key: FunctionName, directory: string): Promise<BundleFigures> => {
  const start = await bundleFunction(key, directory);
  const bundle = join(dirname(start), 'index.js');
  await packCompileCache(dirname(start), process.arch);
  const floor = await writeFloor(bundle);
  const env = environmentOf(key);
  const compare = async (flags: readonly string[]): Promise<Comparison> => {
    const imports: Duration[] = [];
    const floors: Duration[] = [];
    for (let index = 0; index < importTimes; index += 1) {
      floors.push(await importOnce(floor, env, flags));
      imports.push(await importOnce(start, env, flags));
    }
    return { import: medianOf(imports), floor: medianOf(floors) };
  };
  return {
    bytes: (await stat(bundle)).size,
    compiledBytes: (await stat(`${bundle}.cache`)).size,
    plain: await compare([]),
    asInLambda: await compare(['--expose-gc']),
  };
};

const atMostTimesFloor: Readonly<Partial<Record<FunctionName, number>>> = {
  api: 1.5,
  generate: 1.5,
  'token-refresh': 0.96,
};

const toRows = (key: FunctionName, { plain, asInLambda, ...figures }: BundleFigures): Row[] => {
  const limit = maxBundleBytes[key];
  const atMost = atMostTimesFloor[key];
  return [
    { figure: `${key}: bundle`, value: figures.bytes / 1000, unit: 'KB', ...(limit && { below: limit / 1000 }) },
    { figure: `${key}: compiled`, value: figures.compiledBytes / 1000, unit: 'KB' },
    { figure: `${key}: floor, processor`, value: plain.floor.cpu, unit: 'ms' },
    { figure: `${key}: import, processor`, value: plain.import.cpu, unit: 'ms' },
    { figure: `${key}: import, clock`, value: plain.import.wall, unit: 'ms' },
    {
      figure: `${key}: import / floor`,
      value: plain.import.cpu / plain.floor.cpu,
      unit: '',
      ...(atMost && { atMost }),
    },
    { figure: `${key}: the same, --expose-gc`, value: asInLambda.import.cpu / asInLambda.floor.cpu, unit: '' },
  ];
};

/** Every function, or those that `BUNDLES` names, separated by commas. */
export const bundleSection: Section = {
  name: 'bundles',
  title: 'bundling and importing functions',
  measure: async (directory) => {
    const wanted = process.env['BUNDLES']?.split(',');
    const figures: Partial<Record<FunctionName, BundleFigures>> = {};
    const rows: Row[] = [];
    for (const key of functionNames.filter((name) => wanted?.includes(name) ?? true)) {
      const measured = await measureBundle(key, directory);
      figures[key] = measured;
      rows.push(...toRows(key, measured));
    }
    return { figures, rows };
  },
};
