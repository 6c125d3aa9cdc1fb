import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type DurableConfig, RecursiveLoop, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type FunctionName, lambdaName } from '#shared/deployment/names.ts';
import type { Settings } from '#shared/deployment/settings.ts';
import { commonEnvironment } from '#shared/deployment/support-environments.ts';
import type { JobIndex } from '#shared/deployment/tables.ts';
import { getTimeouts } from '#shared/deployment/timeouts.ts';
import { metricNamespace } from '#shared/metrics.ts';
import type { Permission } from '#shared/permissions/permission.ts';
import type { DataTable } from '../data-table.ts';
import type { GatewayEventBus } from '../event-bus.ts';
import type { OutputsBucket } from '../outputs-bucket.ts';
import type { Secrets } from '../secrets.ts';
import { architecture, bundling, bundlingCommands, handlerName } from './bundling.ts';
import { allowKey } from './key-permissions.ts';
import { checkEnvironment, checkPermissions } from './limits.ts';
import { acknowledgeWildcards, allow, toStatement } from './statements.ts';

const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** What differs between the functions. */
export interface GatewayFunctionProps {
  name: FunctionName;
  description: string;
  /** The function's own variables; those that all share are added. */
  environment: Record<string, string>;
  /** All that the function may do, beside its own logs, and traces where there are any. */
  permissions: readonly Permission[];
  memoryMegabytes: number;
  settings: Settings;
  /** For functions that rightly invoke each other without end; Lambda stops such chains after 16 hops otherwise. */
  invokesInCircles?: boolean;
  /** How many of it run at once, at most; these are set aside for it. By default as many as the account has free. */
  reservedConcurrency?: number;
  /** Commands that put files beside the function's code, in the directory that they are given. */
  filesBeside?(directory: string): string[];
  /** Retries of a failed asynchronous invocation; Lambda's own default is 2. */
  asyncRetries?: number;
  /** After how long an asynchronous invocation that could not begin is dropped; Lambda's own default is 6 hours. */
  asyncMaxAge?: Duration;
}

/** A Lambda function of the gateway with the defaults of all: runtime, bundle, role, log group, tracing. */
export class GatewayFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: GatewayFunctionProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const { settings } = props;
    const { timeoutSeconds, executionSeconds } = getTimeouts(settings)[props.name];
    const functionName = lambdaName(stackName, props.name);

    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const permissions = [
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
      ...(settings.tracing ? [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'])] : []),
      ...props.permissions.map(toStatement),
      ...(settings.kmsKeyArn === undefined ? [] : allowKey(this, settings.kmsKeyArn, props.permissions)),
    ];
    // Inline policies are part of the role, so that the function never runs before it has its permissions.
    this.role = new Role(this, 'Role', {
      description: `What ${functionName} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        permissions: checkPermissions(Stack.of(this), props.name, new PolicyDocument({ statements: permissions })),
      },
    });
    if (settings.tracing) {
      acknowledgeWildcards(this.role, { '*': 'X-Ray has no resources to restrict these two actions to.' });
    }

    if (executionSeconds !== undefined) {
      Validations.of(this).acknowledge({
        id: 'Annotation::aws-lambda:Function.DurableConfig',
        reason: 'The function has been durable since its first deployment; nothing is replaced.',
      });
    }
    this.lambda = new NodejsFunction(this, 'Function', {
      functionName,
      description: props.description,
      entry: `${projectRoot}functions/${props.name}/handler.ts`,
      projectRoot,
      depsLockFilePath: `${projectRoot}package-lock.json`,
      handler: handlerName,
      bundling: { ...bundling, commandHooks: bundlingCommands(props.filesBeside) },
      runtime: Runtime.NODEJS_24_X,
      architecture: architecture.cdk,
      memorySize: props.memoryMegabytes,
      timeout: Duration.seconds(timeoutSeconds),
      // No construct that is handed the function can widen its role: all it may do is written above.
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      tracing: settings.tracing ? Tracing.ACTIVE : undefined,
      awsSdkConnectionReuse: false,
      durableConfig: executionSeconds === undefined ? undefined : durable(executionSeconds),
      recursiveLoop: props.invokesInCircles ? RecursiveLoop.ALLOW : undefined,
      retryAttempts: props.asyncRetries,
      maxEventAge: props.asyncMaxAge,
      reservedConcurrentExecutions: props.reservedConcurrency,
      // Versions keep executions running that began before a deployment. One that a rolled-back deployment made is deleted with
      // it: plain RETAIN would leave it as the newest version of that code, and each retry of the same deployment would fail
      // with "A version for this Lambda function exists".
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
      environment: checkEnvironment(props.name, {
        ...commonEnvironment.write({
          stackName,
          powertoolsServiceName: stackName,
          powertoolsMetricsNamespace: metricNamespace,
          powertoolsLogLevel: settings.logLevel,
        }),
        ...props.environment,
      }),
    });
  }
}

const durable = (executionSeconds: number): DurableConfig => ({
  executionTimeout: Duration.seconds(executionSeconds),
  retentionPeriod: Duration.days(7),
});

/** What the functions are connected to. */
export interface FunctionProps {
  settings: Settings;
  jobs: DataTable<JobIndex>;
  outputs: OutputsBucket;
  secrets: Secrets;
  webhooks: DataTable;
  events: GatewayEventBus;
  /** Keeps what durable functions were started with and could not work off. */
  failures: IQueue;
  callers: DataTable;
  audit: DataTable;
  /** Base of the addresses in answers and events, without a slash at its end. */
  gatewayUrl: string;
}
