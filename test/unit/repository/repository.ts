import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that package.json is in. */
export const root = dirname(fileURLToPath(import.meta.resolve('../../../package.json')));

/** The top folders with code in them. */
export const codeFolders = ['shared', 'functions', 'infra', 'local', 'console', 'test'] as const;

// What tools put there belongs to nobody's change.
const notOurs = new Set(['node_modules', 'cdk.out', 'coverage', 'dist', '.git']);

/**
 * The project's own files.
 *
 * @param pattern relative to the root, such as `**` + `/*.ts`
 */
export const filesMatching = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, withFileTypes: true, exclude: (entry) => notOurs.has(entry.name) })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();

/** The text of one of the project's files. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** package.json. */
export const packageJson = JSON.parse(read('package.json')) as {
  version: string;
  scripts: Record<string, string>;
  imports: Record<string, string>;
  engines: Record<string, string>;
  allowScripts: Record<string, boolean>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
