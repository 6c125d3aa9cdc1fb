import { Aspects, type IAspect, type Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnEventBus } from 'aws-cdk-lib/aws-events';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';

/**
 * Encrypts everything of a stack that takes a key with a key of the account instead of AWS's own. It changes the resources of
 * CloudFormation: CDK's constructs would also widen roles that are written out action by action.
 *
 * @param keyArn ARN of a symmetric KMS key; docs/security.md says what its policy must allow
 */
export const encryptStack = (stack: Stack, keyArn: string): void => {
  Aspects.of(stack).add(new EncryptWith(keyArn));
};

class EncryptWith implements IAspect {
  readonly #keyArn: string;

  constructor(keyArn: string) {
    this.#keyArn = keyArn;
  }

  visit(resource: IConstruct): void {
    const keyArn = this.#keyArn;
    if (resource instanceof CfnBucket) {
      resource.bucketEncryption = {
        serverSideEncryptionConfiguration: [
          {
            serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
            // S3 asks KMS once for many objects, which else would cost more than storing them.
            bucketKeyEnabled: true,
          },
        ],
      };
    } else if (resource instanceof CfnTable) {
      resource.sseSpecification = { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: keyArn };
    } else if (resource instanceof CfnSecret || resource instanceof CfnLogGroup) {
      resource.kmsKeyId = keyArn;
    } else if (resource instanceof CfnQueue) {
      resource.sqsManagedSseEnabled = undefined;
      resource.kmsMasterKeyId = keyArn;
    } else if (resource instanceof CfnTopic) {
      resource.kmsMasterKeyId = keyArn;
    } else if (resource instanceof CfnEventBus) {
      resource.kmsKeyIdentifier = keyArn;
    } else if (resource instanceof CfnSchedule) {
      resource.kmsKeyArn = keyArn;
    } else if (resource instanceof CfnFunction) {
      resource.kmsKeyArn = keyArn;
      if (resource.durableConfig !== undefined) resource.addPropertyOverride('DurableConfig.KMSKeyArn', keyArn);
    }
  }
}
