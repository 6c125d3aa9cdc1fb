import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url));

// Inside of node_modules, so that the copies find what the originals import.
const defaultDirectory = join(packages, '.cache/firefly-gateway/clients');

const schemasFile = 'dist-es/schemas/schemas_0.js';
const indexFile = 'dist-es/index.js';

/**
 * What functions use of the client of Lambda. esbuild leaves out what is not imported, but the SDK of durable executions imports the client
 * as a whole (`import()`). A static import of another command fails when a function is bundled.
 */
export const lambdaModules = [
  'LambdaClient',
  'commands/CheckpointDurableExecutionCommand',
  'commands/GetDurableExecutionStateCommand',
  'commands/InvokeCommand',
] as const;

/**
 * Copies a client of the AWS SDK, so that esbuild can leave out what no command in use needs. A client describes the shapes of all its
 * commands by constants such as `{ [_h]: ["GET", "/", 200] }`; esbuild keeps every one of them, as a computed name might have an effect. In
 * the copy these names stand in full: {@link writeNames}.
 *
 * @param name such as `@aws-sdk/client-s3`
 * @param modules the only ones that the copy exports, such as `commands/InvokeCommand`; by default all
 * @param directory holds a copy of each state of a client
 * @returns the folder of the copy
 * @throws {Error} if the client is another one than this knows, or the copy cannot be written
 */
export const copyClient = (name: string, modules?: readonly string[], directory: string = defaultDirectory): string => {
  const original = join(packages, name);
  // The copy would find other versions of what stands there.
  if (existsSync(join(original, 'node_modules'))) throw new Error(`${name} has packages of its own`);
  const schemas = writeNames(readFileSync(join(original, schemasFile), 'utf8'));
  const { version } = JSON.parse(readFileSync(join(original, 'package.json'), 'utf8')) as { version: string };
  const index = modules && writeIndex(original, modules);
  const hash = createHash('sha256')
    .update(schemas)
    .update(index ?? '')
    .digest('hex')
    .slice(0, 16);
  const copy = join(directory, `${name}-${version}-${hash}`);
  if (existsSync(copy)) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  const part = mkdtempSync(`${copy}.`);
  try {
    for (const entry of ['package.json', 'dist-es'])
      cpSync(join(original, entry), join(part, entry), { recursive: true });
    writeFileSync(join(part, schemasFile), schemas);
    if (index !== undefined) writeFileSync(join(part, indexFile), index);
    // Other users of the machine bundle as well.
    chmodSync(part, 0o755);
    renameSync(part, copy);
  } catch (error) {
    rmSync(part, { recursive: true });
    // Another process was first.
    if (!existsSync(copy)) throw error;
  }
  return copy;
};

/** The module of a client by which it is imported, with these exports alone. */
const writeIndex = (client: string, modules: readonly string[]): string => {
  const missing = modules.find((module) => !existsSync(join(client, `dist-es/${module}.js`)));
  if (missing !== undefined) throw new Error(`${client} has no ${missing}`);
  return modules.map((module) => `export * from './${module}';\n`).join('');
};

/** Writes computed names of members in full where they are those of constants: `{ "http": … }` for `{ [_h]: … }` after `const _h = "http"`. */
export const writeNames = (source: string): string => {
  const constants = new Map(
    [...source.matchAll(/^const (\w+) = ("[^"\\\n]*");$/gm)].map(([, name, text]) => [name, text]),
  );
  return source.replace(/\[(\w+)\]:/g, (computed, name: string) => {
    const text = constants.get(name);
    return text === undefined ? computed : `${text}:`;
  });
};

/** A client's copy; the client itself where none can be made, which only makes bundles larger. */
const replaceClient = (name: string, modules?: readonly string[]): Record<string, string> => {
  try {
    return { [name]: copyClient(name, modules) };
  } catch (error) {
    console.error(`${name} is bundled with all its commands: ${error instanceof Error ? error.message : error}`);
    return {};
  }
};

/** What bundles hold in place of packages, by their names: absolute paths. A fifth of a bundle would be places where Lambda has no credentials. */
export const replacedPackages = (): Record<string, string> => ({
  ...replaceClient('@aws-sdk/client-lambda', lambdaModules),
  ...replaceClient('@aws-sdk/client-s3'),
  '@aws-sdk/credential-provider-node': fileURLToPath(
    new URL('../../shared/aws/environment-credentials.ts', import.meta.url),
  ),
});
