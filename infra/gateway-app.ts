import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readStage } from './config.ts';
import { GatewayStack } from './gateway-stack.ts';

/**
 * The CDK app with the one stage that its context names, whatever cdk-nag finds in it.
 *
 * @throws {ConfigError} if the stage or its settings are unusable
 */
export const createUncheckedApp = (props: AppProps = {}): { app: App; stack: GatewayStack } => {
  const app = new App({ analyticsReporting: false, ...props });
  return { app, stack: new GatewayStack(app, readStage(app)) };
};

/** The same; a finding of cdk-nag stops its synthesis. */
export const createGatewayApp = (props: AppProps = {}): { app: App; stack: GatewayStack } => {
  const { app, stack } = createUncheckedApp(props);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
};
