import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url));

// Inside of node_modules, so that the copies find what the originals import.
const defaultDirectory = join(packages, '.cache/firefly-gateway/clients');

/**
 * Copies a client of the AWS SDK, so that esbuild can leave out what no command in use needs. A client describes the shapes of all its
 * commands by constants such as `{ [_h]: ["GET", "/", 200] }`; esbuild keeps every one of them, as a computed name might have an effect. In
 * the copy these names stand in full: {@link writeNames}.
 *
 * @param name such as `@aws-sdk/client-s3`
 * @param directory holds a copy of each version of a client
 * @returns the folder of the copy
 */
export const copyClient = (name: string, directory: string = defaultDirectory): string => {
  const original = join(packages, name);
  const { version } = JSON.parse(readFileSync(join(original, 'package.json'), 'utf8')) as { version: string };
  const copy = join(directory, `${name}-${version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  const part = mkdtempSync(`${copy}.`);
  for (const entry of ['package.json', 'dist-es'])
    cpSync(join(original, entry), join(part, entry), { recursive: true });
  const schemas = join(part, 'dist-es/schemas/schemas_0.js');
  writeFileSync(schemas, writeNames(readFileSync(schemas, 'utf8')));
  try {
    renameSync(part, copy);
  } catch (error) {
    rmSync(part, { recursive: true });
    // Another process was first.
    if (!existsSync(copy)) throw error;
  }
  return copy;
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

/** What bundles hold in place of packages, by their names: absolute paths. A fifth of a bundle would be places where Lambda has no credentials. */
export const replacedPackages = (): Record<string, string> => ({
  '@aws-sdk/client-lambda': copyClient('@aws-sdk/client-lambda'),
  '@aws-sdk/client-s3': copyClient('@aws-sdk/client-s3'),
  '@aws-sdk/credential-provider-node': fileURLToPath(
    new URL('../../shared/aws/environment-credentials.ts', import.meta.url),
  ),
});
