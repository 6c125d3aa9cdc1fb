import { fileURLToPath } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ConsoleVariables } from '#shared/deployment/console.ts';
import { apiEnvironment, type Operators } from '#shared/deployment/job-environments.ts';
import { lambdaName } from '#shared/deployment/names.ts';
import type { Settings } from '#shared/deployment/settings.ts';
import { apiPermissions } from '#shared/permissions/job-permissions.ts';
import { aliasArn } from '#shared/permissions/permission.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { runNode } from './bundling.ts';
import type { FunctionProps } from './gateway-function.ts';
import { GatewayFunction } from './gateway-function.ts';
import { acknowledgeWildcards, inputWildcards, namedArns, policyWildcards } from './statements.ts';

const readOperators = (auth: Settings['auth']): Operators =>
  auth.mode === 'jwt' ? auth.operators : auth.mode === 'iam' ? 'policy' : 'callers';

const consoleFolder = 'console';

/** Puts the console's files beside the function's own; they are built once, however many stages are synthesised. */
const packConsole = (directory: string): string[] => [
  runNode(fileURLToPath(new URL('../../../console/build.ts', import.meta.url)), `${directory}/${consoleFolder}`),
];

/** What the function is told of it. */
const describeConsole = (auth: Settings['auth'], bucket: IBucket): ConsoleVariables => ({
  directory: consoleFolder,
  authMode: auth.mode,
  simulated: false,
  bucketOrigin: `https://${bucket.bucketRegionalDomainName}`,
  issuer: auth.mode === 'jwt' ? auth.issuer : undefined,
  clientId: auth.mode === 'jwt' ? auth.consoleClientId : undefined,
  scopes: auth.mode === 'jwt' ? auth.scopes : undefined,
  signInOrigins: auth.mode === 'jwt' ? auth.consoleSignInOrigins : undefined,
});

/** Answers the HTTP API: takes jobs in, shows, cancels and erases them. */
export class ApiFunction extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, jobs, outputs, webhooks, callers, audit, events, gatewayUrl }: FunctionProps,
  ) {
    const { stackName } = Stack.of(scope);
    const { table } = jobs;
    const { bucket } = outputs;
    super(scope, id, {
      name: 'api',
      description: 'Firefly-shaped API: takes jobs in, shows, cancels and erases them',
      memoryMegabytes: 1024,
      filesBeside: settings.console === 'on' ? packConsole : undefined,
      reservedConcurrency: settings.apiReservedConcurrency,
      settings,
      environment: apiEnvironment.write({
        ...settings,
        stackName,
        tableName: table.tableName,
        bucketName: bucket.bucketName,
        eventBusName: events.bus.eventBusName,
        gatewayUrl,
        passthroughFunctionName: lambdaName(stackName, 'passthrough'),
        thumbnailFunctionName: settings.thumbnails ? lambdaName(stackName, 'thumbnail') : undefined,
        dispatchFunctionName: lambdaName(stackName, 'dispatch'),
        webhookTableName: webhooks.table.tableName,
        callerTableName: callers.table.tableName,
        auditTableName: audit.table.tableName,
        notifyFunctionArn: aliasArn(namedArns(scope), 'notify'),
        singleSignOn: settings.auth.mode === 'iam' ? settings.auth.singleSignOn : 'users',
        operators: readOperators(settings.auth),
        gatewayVersion: manifest.version,
        console: settings.console === 'on' ? describeConsole(settings.auth, bucket) : undefined,
      }),
      permissions: apiPermissions(
        {
          jobTable: table.tableArn,
          webhookTable: webhooks.table.tableArn,
          callerTable: callers.table.tableArn,
          auditTable: audit.table.tableArn,
          bucket: bucket.bucketArn,
          eventBus: events.bus.eventBusArn,
          ...namedArns(scope),
        },
        settings,
      ),
    });
    acknowledgeWildcards(this.role, {
      '<OutputsBucket.Arn>/outputs/*': 'Presigns and erases the outputs of jobs; their keys are made at run time.',
      '<OutputsBucket.Arn>/thumbnails/*': 'Presigns and erases thumbnails; their keys are made at run time.',
      '<OutputsBucket.Arn>/incoming/*': 'Erases what Adobe wrote for jobs; the keys are made at run time.',
      ...inputWildcards(settings.inputBuckets),
      ...policyWildcards,
      '<OutputsBucket.Arn>/batches/*': 'Stores requests of batches, presigns reports; their keys are made at run time.',
    });
  }
}
