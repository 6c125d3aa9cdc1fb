import middy from '@middy/core';
import { createDynamoDb, createEventBridge, createS3 } from '#shared/aws/clients.ts';
import { openTable } from '#shared/aws/table.ts';
import { systemClock } from '#shared/clock.ts';
import { thumbnailEnvironment } from '#shared/deployment/support-environments.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { openCodecs } from './codecs.ts';
import { completeManifest } from './complete-manifest.ts';
import type { ThumbnailContext } from './context.ts';
import { readEvent } from './events.ts';
import { type InspectionOutcome, inspectOutput } from './inspect-output.ts';

const { tableName, bucketName, eventBusName, stackName, gatewayUrl, awsEndpointUrlS3 } = thumbnailEnvironment.read(
  process.env,
);

const log = createLog();

const context: ThumbnailContext = {
  table: openTable({
    dynamoDb: createDynamoDb(),
    tableName,
    clock: systemClock,
    log,
    recordMetric: createRecordMetric(),
  }),
  s3: createS3({ pathStyle: awsEndpointUrlS3 !== undefined }),
  bucket: bucketName,
  bus: { eventBridge: createEventBridge(), eventBusName, stackName, gatewayUrl },
  codecs: openCodecs(),
  log,
};

/** Makes the thumbnails of an output and reads its content credentials, or completes job.json by what is known; started by events, and by api. */
export const handler = middy<unknown, InspectionOutcome | { outcome: 'completed' }>()
  .before(log.inContext())
  .handler(async (event) => {
    const known = readEvent(event);
    if (known.kind !== 'manifest')
      return inspectOutput(context, known.key, 'output' in known ? known.output : undefined);
    await completeManifest(context, known.jobId);
    return { outcome: 'completed' };
  });
