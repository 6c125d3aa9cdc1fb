import { type BundlingOptions, type ICommandHooks, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** How every function is bundled: one minified ES module with a source map, the AWS SDK included, by the local esbuild. */
export const bundling: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  sourceMap: true,
  // Positions and names suffice for a stack trace; the sources would double the package.
  sourcesContent: false,
  mainFields: ['module', 'main'],
  // Some packages are CommonJS and require modules of Node, which an ES module cannot without this.
  banner: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
  // The SDK in Lambda's runtime changes under a deployed function and is slower to load than the parts used here.
  bundleAwsSDK: true,
  // Notices of licences stand in a file beside the code, so that they cost no start.
  esbuildArgs: { '--legal-comments': 'linked' },
  logLevel: LogLevel.WARNING,
  forceDockerBundling: false,
};

/**
 * Puts files beside a bundle.
 *
 * @param files absolute paths; each keeps its name
 */
export const packFiles = (files: readonly string[]): ICommandHooks => ({
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (_, directory) => files.map((file) => copyCommand(file, directory)),
});

/** By Node, as every shell runs it. */
const copyCommand = (file: string, directory: string): string =>
  `"${process.execPath}" --eval "const [file, directory] = process.argv.slice(1); fs.copyFileSync(file, path.join(directory, path.basename(file)))" "${file}" "${directory}"`;
