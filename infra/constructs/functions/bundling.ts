import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

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
  logLevel: LogLevel.WARNING,
  forceDockerBundling: false,
};

/** Where the files of the reference page lie in the function's package. */
export const docsDirectory = 'docs';

/** The same, with the files of the reference page beside the code: they are sent as they are. */
export const withDocs: BundlingOptions = {
  ...bundling,
  commandHooks: {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (inputDirectory, outputDirectory) =>
      ['swagger-ui.css', 'swagger-ui-bundle.js'].map(
        (file) =>
          `node -e "require('node:fs').cpSync(process.argv[1], process.argv[2])" ` +
          `"${inputDirectory}/node_modules/swagger-ui-dist/${file}" "${outputDirectory}/${docsDirectory}/${file}"`,
      ),
  },
};
