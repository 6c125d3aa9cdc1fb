import { describeMissingCompiler, findCompiler } from './bundles/pack-bundle.ts';
import { ConfigError } from './config.ts';
import { architecture } from './constructs/functions/bundling.ts';
import { createGatewayApp } from './gateway-app.ts';

try {
  createGatewayApp();
  if (findCompiler(architecture.node) === undefined) console.error(describeMissingCompiler(architecture.node));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // What the operator wrote is at fault, not the code: its stack trace would only hide the message.
  console.error(error.message);
  process.exitCode = 1;
}
