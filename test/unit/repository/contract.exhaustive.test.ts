import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from './repository.ts';

const values = `tableName: 't', eventBusName: 'default', stackName: 'firefly-gateway-test', generateFunctionArn: 'g', inboxFunctionArn: 'i',
  services: { firefly: { requestsPerMinute: 8 } }, submitGraceSeconds: 3`;

/** Statements that use the contract, each in a file of its own. */
const planted = {
  fine: `dispatchEnvironment.write({ ${values}, gatewayUrl: 'https://example.com' });
const environment = dispatchEnvironment.read({});
export const name: string = environment.tableName;
export const index: JobIndex = 'queue';`,
  'a missing variable': `dispatchEnvironment.write({ ${values} });`,
  'a misspelt variable': `dispatchEnvironment.write({ ${values}, gatewayURL: 'https://example.com' });`,
  'a variable too many': `dispatchEnvironment.write({ ${values}, gatewayUrl: 'https://example.com', bucketName: 'b' });`,
  'a missing variable beside the settings': `dispatchEnvironment.write({ ...settings, tableName: 't' });`,
  'a variable of another type': `dispatchEnvironment.write({ ${values}, gatewayUrl: 1 });`,
  'a misspelt variable that is read': 'export const name = dispatchEnvironment.read({}).tabelName;',
  'a variable of another function that is read': 'export const name = dispatchEnvironment.read({}).bucketName;',
  'an index that the table does not have': "export const index: JobIndex = 'queued';",
};

const header = `import { dispatchEnvironment } from '${root}/shared/deployment/job-environments.ts';
import type { Settings } from '${root}/shared/deployment/settings.ts';
import type { JobIndex } from '${root}/shared/deployment/tables.ts';
declare const settings: Settings;
export const used: JobIndex | Settings['services'] = settings.services;
export const environmentInUse = dispatchEnvironment;
`;

let folder: string;
let faulty: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  const names = Object.entries(planted).map(([name, statements], index) => {
    writeFileSync(join(folder, `planted-${index}.ts`), `${header}${statements}\n`);
    return { name, file: `planted-${index}.ts` };
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  // Every error is one of a planted file; none is about how they are compiled.
  const files = stdout.match(/^\S.*?(?=\(\d+,\d+\): error TS)/gm) ?? [];
  expect(files.length).toBe((stdout.match(/error TS/g) ?? []).length);
  faulty = [...new Set(files)].map((file) => names.find((known) => known.file === file)?.name ?? file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lets what keeps to the contract compile, and nothing else', () => {
  const [, ...violations] = Object.keys(planted);
  expect(faulty.sort()).toEqual(violations.sort());
});
