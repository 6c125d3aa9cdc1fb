import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { prefixes } from '#shared/deployment/bucket.ts';
import { type CallerFunctionName, type FunctionName, functionNames, readStackName } from '#shared/deployment/names.ts';
import { getLaneLimits } from '#shared/deployment/services.ts';
import { auditTable, callerTable, type JobIndex, jobTable, webhookTable } from '#shared/deployment/tables.ts';
import { announcers } from '#shared/permissions/resource-policies.ts';
import type { Stage } from './config.ts';
import { CallerPolicy, OperatorPolicy } from './constructs/access-policies.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { Alarms } from './constructs/alarms/alarms.ts';
import { CallerAccess } from './constructs/caller-access.ts';
import { GatewayDashboard } from './constructs/dashboard/dashboard.ts';
import { DataTable } from './constructs/data-table.ts';
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts';
import { encryptStack } from './constructs/encryption.ts';
import { GatewayEventBus } from './constructs/event-bus.ts';
import { EventRule } from './constructs/event-rule.ts';
import { ApiFunction } from './constructs/functions/api-function.ts';
import { DispatchFunction } from './constructs/functions/dispatch-function.ts';
import type { GatewayFunction } from './constructs/functions/gateway-function.ts';
import { GenerateFunction } from './constructs/functions/generate-function.ts';
import { InboxFunction } from './constructs/functions/inbox-function.ts';
import { NotifyFunction } from './constructs/functions/notify-function.ts';
import { PassthroughFunction } from './constructs/functions/passthrough-function.ts';
import { ThumbnailFunction } from './constructs/functions/thumbnail-function.ts';
import { TokenRefreshFunction } from './constructs/functions/token-refresh-function.ts';
import { GatewayHttpApi } from './constructs/http-api.ts';
import { OutputsBucket } from './constructs/outputs-bucket.ts';
import { Schedules } from './constructs/schedules.ts';
import { SecretRotation } from './constructs/secret-rotation.ts';
import { Secrets } from './constructs/secrets.ts';

/** One stage of the gateway, whole. It names no account and no region: those are where it is deployed. */
export class GatewayStack extends Stack {
  readonly jobs: DataTable<JobIndex>;
  readonly outputs: OutputsBucket;
  readonly secrets: Secrets;
  readonly rotation: SecretRotation;
  readonly callers: DataTable;
  readonly audit: DataTable;
  /** In mode `callers` only. */
  readonly callerAccess: CallerAccess | undefined;
  /** Those of callers' own credentials exist in mode `callers` only. */
  readonly functions: Record<Exclude<FunctionName, CallerFunctionName>, GatewayFunction> &
    Partial<Record<CallerFunctionName, GatewayFunction>>;
  readonly webhooks: DataTable;
  readonly events: GatewayEventBus;
  readonly failures: DeadLetterQueue;
  readonly eventRules: Record<'inbox' | 'notify', EventRule> & { thumbnail?: EventRule };
  readonly httpApi: GatewayHttpApi;
  readonly schedules: Schedules;

  constructor(scope: Construct, { name, settings }: Stage) {
    super(scope, readStackName(name), {
      stackName: readStackName(name),
      description: `Firefly gateway, stage ${name}`,
    });
    // Kept when the stack is destroyed, yet not in the way when its very first creation fails and is repeated.
    const { keepData } = settings;
    const removalPolicy = keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

    this.jobs = new DataTable(this, 'Jobs', { definition: jobTable, logicalId: 'JobTable', keepData });
    this.httpApi = new GatewayHttpApi(this, 'HttpApi', { settings });
    const gatewayUrl = settings.gatewayUrl ?? this.httpApi.url;
    this.outputs = new OutputsBucket(this, 'Outputs', {
      settings,
      removalPolicy,
      consoleOrigin: settings.console === 'on' ? gatewayUrl : undefined,
    });
    this.secrets = new Secrets(this, 'Secrets', { removalPolicy });

    this.webhooks = new DataTable(this, 'Webhooks', {
      definition: webhookTable,
      logicalId: 'WebhookTable',
      keepData,
    });
    this.callers = new DataTable(this, 'Callers', {
      definition: callerTable,
      logicalId: 'CallerTable',
      keepData,
    });
    this.audit = new DataTable(this, 'Audit', {
      definition: auditTable,
      logicalId: 'AuditTable',
      keepData,
      appendOnly: true,
    });
    this.events = new GatewayEventBus(this, 'Events', { copiesToDefaultBus: settings.copyEventsToDefaultBus });
    this.failures = new DeadLetterQueue(this, 'Failures');
    const { jobs, outputs, secrets, webhooks, callers, audit, events, failures } = this;
    const parts = { settings, jobs, outputs, secrets, webhooks, callers, audit, events, failures, gatewayUrl };
    this.rotation = new SecretRotation(this, 'Rotation', parts);
    this.callerAccess =
      settings.auth.mode === 'callers'
        ? new CallerAccess(this, 'CallerAccess', { settings, callers, audit, gatewayUrl })
        : undefined;
    const inbox = new InboxFunction(this, 'Inbox', parts);
    const notify = new NotifyFunction(this, 'Notify', parts);
    const thumbnail = new ThumbnailFunction(this, 'Thumbnail', parts);
    this.functions = {
      api: new ApiFunction(this, 'Api', parts),
      dispatch: new DispatchFunction(this, 'Dispatch', parts),
      generate: new GenerateFunction(this, 'Generate', parts),
      inbox,
      notify,
      passthrough: new PassthroughFunction(this, 'Passthrough', parts),
      thumbnail,
      'token-refresh': new TokenRefreshFunction(this, 'TokenRefresh', parts),
      'secret-rotation': this.rotation.function,
      ...this.callerAccess?.functions,
    };
    const { api, dispatch, generate } = this.functions;
    const announcing = [api, dispatch, generate, inbox];
    events.admitOnly(announcers.map((name) => this.functions[name].role));
    // What a new version adds to the events is refused by an earlier notify.
    for (const { lambda } of announcing) lambda.node.addDependency(notify.alias);
    const createdUnder = (prefix: string): EventPattern => ({
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [outputs.bucket.bucketName] }, object: { key: [{ prefix }] } },
    });
    this.eventRules = {
      inbox: new EventRule(this, 'InboxEvents', {
        description: 'A new file of requests',
        pattern: createdUnder(prefixes.inbox),
        starts: inbox.alias,
      }),
      notify: new EventRule(this, 'NotifyEvents', {
        description: 'The end of a job or a batch',
        eventBus: events.bus,
        pattern: events.ownEnds,
        starts: notify.alias,
      }),
      thumbnail: settings.thumbnails
        ? new EventRule(this, 'ThumbnailEvents', {
            description: 'A new output',
            pattern: createdUnder(prefixes.outputs),
            starts: thumbnail.lambda,
          })
        : undefined,
    };
    this.httpApi.serve(this.functions.api, this.callerAccess);
    this.schedules = new Schedules(this, 'Schedules', {
      kmsKeyArn: settings.kmsKeyArn,
      dispatch: this.functions.dispatch,
      tokenRefresh: this.functions['token-refresh'],
      secretRotation: this.functions['secret-rotation'],
    });
    const { topic } = new AlarmTopic(this, 'AlarmTopic', { email: settings.alarmEmail });
    const watched = {
      rotationDays: settings.rotationDays,
      failures,
      functions: functionNames.filter((name) => this.functions[name] !== undefined),
      undelivered: Object.fromEntries(Object.entries(this.eventRules).map(([name, rule]) => [name, rule?.undelivered])),
    };
    const { alarms } = new Alarms(this, 'Alarms', { ...watched, topic, starting: [this.schedules, this.rotation] });
    if (settings.dashboard) {
      const lanes = Object.keys(getLaneLimits(settings));
      new GatewayDashboard(this, 'Dashboard', { ...watched, alarms, lanes, api: this.httpApi.api });
    }

    if (settings.kmsKeyArn !== undefined) encryptStack(this, settings.kmsKeyArn);

    this.output('GatewayUrl', 'The endpoint for callers', gatewayUrl);
    this.output('BucketName', 'Where the outputs are', this.outputs.bucket.bucketName);
    this.output('TableName', 'Where the jobs are', this.jobs.table.tableName);
    this.output('CallerTableName', 'Who may call: npm run callers', this.callers.table.tableName);
    this.output('ClientCredentialsSecret', 'Set with: npm run credentials', this.secrets.clientCredentials.secretName);
    this.output('AccessTokenSecret', 'Written by the token refresh', this.secrets.accessToken.secretName);
    this.output('FailuresQueueUrl', 'What generate, inbox, notify and thumbnail could not work off', failures.queueUrl);
    this.output('EventBusName', 'Where the ends of jobs and batches are announced', events.bus.eventBusName);
    this.output('EventBusArn', 'For rules of your own on that bus', events.bus.eventBusArn);
    this.output('AlarmTopicArn', 'Subscribe to it to hear of alarms', topic.topicArn);
    if (settings.auth.mode === 'iam') {
      const { api } = this.httpApi;
      const callers = new CallerPolicy(this, 'CallerPolicy', { api, settings }).policy;
      const operators = new OperatorPolicy(this, 'OperatorPolicy', { api }).policy;
      this.output('CallerPolicyArn', 'Attach it to the roles that may call the gateway', callers.managedPolicyArn);
      this.output('OperatorPolicyArn', 'Attach it to the roles that may pause the queue', operators.managedPolicyArn);
    }
  }

  private output(id: string, description: string, value: string): void {
    new CfnOutput(this, id, { description, value });
  }
}
