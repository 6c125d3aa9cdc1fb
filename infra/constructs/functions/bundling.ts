import { fileURLToPath } from 'node:url';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, type ICommandHooks, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { bundleOptions, startModule } from '../../bundles/pack-bundle.ts';
import { replacedPackages } from '../../bundles/replaced-packages.ts';

/** How every function is bundled: one minified CommonJS module with a source map, the AWS SDK included, by the local esbuild. */
export const bundling: BundlingOptions = {
  ...bundleOptions,
  // Compiled code can be kept for it alone.
  format: OutputFormat.CJS,
  target: 'node24',
  sourceMap: true,
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.url': 'bundleUrl',
    // Only sources have packages around them.
    'import.meta.resolve': 'undefined',
  },
  banner: "'use strict';var bundleUrl = require('node:url').pathToFileURL(__filename).href;",
  // The SDK in Lambda's runtime changes under a deployed function and is slower to load than the parts used here.
  bundleAwsSDK: true,
  // Notices of licences stand in a file beside the code, so that they cost no start.
  esbuildArgs: {
    '--legal-comments': 'linked',
    ...Object.fromEntries(Object.entries(replacedPackages()).map(([name, file]) => [`--alias:${name}`, file])),
  },
  logLevel: LogLevel.WARNING,
  forceDockerBundling: false,
};

/** The functions' own, as CDK and Node name it. */
export const architecture = { cdk: Architecture.ARM_64, node: 'arm64' };

/** The function that Lambda is to call. */
export const handlerName = `${startModule}.handler`;

const packBundle = fileURLToPath(new URL('../../cli/pack-bundle.ts', import.meta.url));

/**
 * What is done after a function was bundled.
 *
 * @param more further commands for the directory with the bundle
 */
export const bundlingCommands = (more?: (directory: string) => string[]): ICommandHooks => ({
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (_, directory) => [runNode(packBundle, directory, architecture.node), ...(more?.(directory) ?? [])],
});

/** Copies files into a directory, by Node as every shell runs it; each keeps its name. */
export const copyFiles = (files: readonly string[], directory: string): string[] =>
  files.map((file) => runNode('--eval', copyProgram, file, directory));

const copyProgram =
  'const [file, directory] = process.argv.slice(1); fs.copyFileSync(file, path.join(directory, path.basename(file)))';

/** A command that runs Node. */
export const runNode = (...args: string[]): string => [process.execPath, ...args].map((part) => `"${part}"`).join(' ');
