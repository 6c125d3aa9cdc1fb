import { ConfigError } from './config.ts';
import { createGatewayApp } from './gateway-app.ts';

try {
  createGatewayApp();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // What the operator wrote is at fault, not the code: its stack trace would only hide the message.
  console.error(error.message);
  process.exitCode = 1;
}
