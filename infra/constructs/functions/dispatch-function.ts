import type { Construct } from 'constructs';
import { eventBusName } from '#shared/deployment/names.ts';
import type { FunctionParts } from './function-parts.ts';
import { GatewayFunction } from './gateway-function.ts';
import { aliasArn, allow, allowPutEvents } from './statements.ts';

/** Gives free permits to the heads of the queue, follows batches and announces what a crash left unpublished. */
export class DispatchFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, { settings, jobs, gatewayUrl }: FunctionParts) {
    const { table } = jobs;
    super(scope, id, {
      name: 'dispatch',
      description: 'Gives free permits to the heads of the queue',
      memoryMegabytes: 512,
      timeoutSeconds: 60,
      logRetentionDays: settings.logRetentionDays,
      logLevel: settings.logLevel,
      invokesInCircles: true,
      // The next minute's run does all that a retry would.
      asyncRetries: 0,
      environment: {
        TABLE_NAME: table.tableName,
        EVENT_BUS_NAME: eventBusName,
        GATEWAY_URL: gatewayUrl,
        GENERATE_FUNCTION_ARN: aliasArn(scope, 'generate'),
        INBOX_FUNCTION_ARN: aliasArn(scope, 'inbox'),
        REQUESTS_PER_MINUTE: String(settings.requestsPerMinute),
        REQUESTS_PER_DAY: String(settings.requestsPerDay),
        SUBMIT_GRACE_SECONDS: String(settings.submitGraceSeconds),
      },
      permissions: [
        // Reads a job again by its key when the answer to a write was lost.
        allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [table.tableArn]),
        allow(['dynamodb:Query'], [jobs.indexArn('queue'), jobs.indexArn('unpublished')]),
        allow(['lambda:InvokeFunction'], [aliasArn(scope, 'generate'), aliasArn(scope, 'inbox')]),
        allowPutEvents(scope),
      ],
    });
  }
}
