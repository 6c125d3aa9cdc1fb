import { fileURLToPath } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import { manifestName } from '#shared/deployment/bucket.ts';
import { codecFiles } from '#shared/deployment/codec-files.ts';
import { thumbnailEnvironment } from '#shared/deployment/support-environments.ts';
import { thumbnailPermissions } from '#shared/permissions/job-permissions.ts';
import { copyFiles } from './bundling.ts';
import { type FunctionProps, GatewayFunction } from './gateway-function.ts';
import { acknowledgeWildcards } from './statements.ts';

const codecs = Object.values(codecFiles).map((path) => fileURLToPath(import.meta.resolve(path)));

/** Makes the thumbnails of outputs and reads their content credentials: it reads files that anybody may have made, and can do nothing else. */
export class ThumbnailFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, { settings, jobs, outputs, events, failures, gatewayUrl }: FunctionProps) {
    const { bucketArn, bucketName } = outputs.bucket;
    const { tableArn, tableName } = jobs.table;
    super(scope, id, {
      name: 'thumbnail',
      description: 'Makes thumbnails of outputs and reads their content credentials',
      // An image of 40 megapixels takes 800 MB; at 1,769 MB a function has a whole core.
      memoryMegabytes: 2048,
      settings,
      filesBeside: (directory) => copyFiles(codecs, directory),
      environment: thumbnailEnvironment.write({
        tableName,
        bucketName,
        eventBusName: events.bus.eventBusName,
        stackName: Stack.of(scope).stackName,
        gatewayUrl,
      }),
      permissions: thumbnailPermissions({
        jobTable: tableArn,
        bucket: bucketArn,
        failures: failures.queueArn,
        eventBus: events.bus.eventBusArn,
      }),
    });
    this.lambda.configureAsyncInvoke({ onFailure: new SqsDestination(failures) });
    acknowledgeWildcards(this.role, {
      '<OutputsBucket.Arn>/outputs/*': 'Reads outputs; their keys are made at run time.',
      [`<OutputsBucket.Arn>/outputs/*/${manifestName}`]:
        'Completes the descriptions of outputs; their keys are made at run time.',
      '<OutputsBucket.Arn>/thumbnails/*': 'Keeps thumbnails; their keys are made at run time.',
    });
  }
}
