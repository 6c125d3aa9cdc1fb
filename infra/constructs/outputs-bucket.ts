import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  HttpMethods,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { listExpirations, type ObjectRetention, unfinishedUploadDays } from '#shared/deployment/object-retention.ts';
import type { Settings } from '#shared/deployment/settings.ts';

const allowedMethods = [HttpMethods.GET, HttpMethods.HEAD];

interface OutputsBucketProps {
  removalPolicy: RemovalPolicy;
  /** Where the console is, if the gateway serves it. */
  consoleOrigin?: string;
  settings: ObjectRetention & Pick<Settings, 'previousVersionRetentionDays' | 'corsOrigins'>;
}

/** The bucket of the outputs: private, TLS only, versioned, its events on the default event bus. */
export class OutputsBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: OutputsBucketProps) {
    super(scope, id);
    const { consoleOrigin } = props;
    const { corsOrigins } = props.settings;
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: props.removalPolicy,
      lifecycleRules: lifecycleRules(props.settings),
      // A page that may call the gateway may also fetch what its presigned URLs point to; the console sends forms for uploads as well.
      cors: [
        ...(corsOrigins.length === 0 ? [] : [{ allowedOrigins: corsOrigins, allowedMethods }]),
        ...(consoleOrigin === undefined
          ? []
          : [{ allowedOrigins: [consoleOrigin], allowedMethods: [...allowedMethods, HttpMethods.POST] }]),
      ],
    });

    const resource = this.bucket.node.defaultChild;
    if (!(resource instanceof CfnBucket)) throw new TypeError('The bucket has no CloudFormation resource');
    resource.overrideLogicalId('OutputsBucket');
    // The L2's `eventBridgeEnabled` would add a custom resource with a function of its own.
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };

    // A bucket that outlives the stack stays TLS only.
    this.bucket.policy?.applyRemovalPolicy(props.removalPolicy);

    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Objects are reached through presigned URLs that only the api function makes, and it logs each request; ' +
        'an account that audits object access uses CloudTrail data events, which cover all its buckets.',
    });
  }
}

const lifecycleRules = (settings: OutputsBucketProps['settings']): LifecycleRule[] => [
  {
    id: 'clean-up',
    abortIncompleteMultipartUploadAfter: Duration.days(unfinishedUploadDays),
    noncurrentVersionExpiration: Duration.days(settings.previousVersionRetentionDays),
    expiredObjectDeleteMarker: true,
  },
  ...listExpirations(settings).map(({ id, prefix, days }) => ({ id, prefix, expiration: Duration.days(days) })),
];
