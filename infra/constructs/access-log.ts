import { Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

// Who asked for what and how it went. No header, query or body: they hold tokens and prompts.
const fields = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  sourceIp: '$context.identity.sourceIp',
  principal: '$context.identity.userArn',
  subject: '$context.authorizer.claims.sub',
  caller: '$context.authorizer.callerId',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integrationErrorMessage',
};

/** The access log of the HTTP API: one JSON line a request. */
export class AccessLog extends Construct {
  readonly settings: IAccessLogSettings;

  constructor(scope: Construct, id: string, { retentionDays, keepData }: { retentionDays: number; keepData: boolean }) {
    super(scope, id);
    const { stackName, stackId } = Stack.of(this);
    const uniquePart = Fn.select(2, Fn.split('/', stackId));
    const logGroup = new LogGroup(this, 'Logs', {
      // Under this prefix the deliveries of API Gateway do not use up the account's log resource policy.
      // The id of the stack keeps a log that an earlier one left out of the way.
      logGroupName: `/aws/vendedlogs/${stackName}-access-${Fn.select(0, Fn.split('-', uniquePart))}`,
      retention: retentionDays,
      removalPolicy: keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    this.settings = {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(JSON.stringify(fields)),
    };
  }
}
