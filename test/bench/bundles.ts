import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { functionDefinitions } from '#local/stack-functions.ts';
import { stackNames, stackSettings } from '#local/stack-settings.ts';
import type { FunctionName } from '#shared/deployment/names.ts';
import { bundleFunction } from '#test/fixtures/bundled-functions.ts';

const run = promisify(execFile);
/** Size of a function's bundle and how long a fresh process takes to import it. */
export interface BundleFigures {
  bytes: number;
  /** Median of several fresh processes, in ms. */
  importMs: number;
}

/** The environment that a function needs to be imported; its servers need not exist. */
export const environmentOf = (key: FunctionName): Record<string, string> => {
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

const importTimes = 9;

/** Measures one function; each import happens in a process of its own, as at a cold start. */
export const measureBundle = async (key: FunctionName, directory: string): Promise<BundleFigures> => {
  const file = await bundleFunction(key, directory);
  const script = `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log('import-ms', performance.now() - start); process.exit(0);`;
  const times: number[] = [];
  for (let index = 0; index < importTimes; index += 1) {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: process.env['PATH'] ?? '', ...environmentOf(key) },
    });
    times.push(Number(/import-ms ([\d.]+)/.exec(stdout)?.[1]));
  }
  times.sort((a, b) => a - b);
  return { bytes: (await stat(file)).size, importMs: times[Math.floor(importTimes / 2)] ?? Number.NaN };
};
