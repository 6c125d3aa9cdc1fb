import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';
import { permissions } from './permissions.ts';

// What AWS checks for each request that the functions send, where it is not called as the command is.
const actionsOf: Record<string, string[]> = {
  GetObjectCommand: ['s3:GetObject'],
  'GetObjectCommand of a version': ['s3:GetObjectVersion'],
  HeadObjectCommand: ['s3:GetObject'],
  PutObjectCommand: ['s3:PutObject'],
  Upload: ['s3:PutObject', 's3:AbortMultipartUpload'],
  'Upload with tags': ['s3:PutObjectTagging'],
  ListObjectVersionsCommand: ['s3:ListBucketVersions'],
  DeleteObjectCommand: ['s3:DeleteObject'],
  DeleteObjectsCommand: ['s3:DeleteObjectVersion'],
  InvokeCommand: ['lambda:InvokeFunction'],
  PutEventsCommand: ['events:PutEvents'],
  DescribeSecretCommand: ['secretsmanager:DescribeSecret'],
  GetSecretValueCommand: ['secretsmanager:GetSecretValue'],
  PutSecretValueCommand: ['secretsmanager:PutSecretValue'],
  RotateSecretCommand: ['secretsmanager:RotateSecret'],
  UpdateSecretVersionStageCommand: ['secretsmanager:UpdateSecretVersionStage'],
};

// Sent by Lambda itself, by its runtime or by the durable execution SDK, not by the gateway's own code.
const byTheRuntime = /^(logs|xray|sqs):|^lambda:(CheckpointDurableExecution|GetDurableExecutionState)$/;

/** The bundled code of a function without its packages: what of the gateway's own code it can reach. */
const codeOf = async (name: FunctionName): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [`functions/${name}/handler.ts`],
    platform: 'node',
    format: 'esm',
    bundle: true,
    write: false,
    packages: 'external',
    treeShaking: true,
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text).join('\n');
};

/** The requests in code to AWS services but DynamoDB. */
const findRequests = (code: string): string[] => {
  const ofVersion = /new GetObjectCommand\d*\(\{[^}]*VersionId/.test(code) ? ['GetObjectCommand of a version'] : [];
  return [
    ...ofVersion,
    ...(/\bTagging:/.test(code) ? ['Upload with tags'] : []),
    // esbuild numbers names that two modules import.
    ...[...code.matchAll(/new (\w+Command|Upload)\d*\(/g)].map(([, request]) => String(request)),
  ];
};

/** The permissions for the operations of DynamoDB in code. */
const findDynamoDbActions = (code: string): string[] =>
  [...code.matchAll(/\bdynamoDb\d*\.send\(\s*"(\w+)"/g)].map(([, operation]) => `dynamodb:${operation}`);

describe('the permissions of the table', () => {
  it.each(functionNames)('%s: are those that its code asks for', async (name) => {
    const code = await codeOf(name);
    const others = findRequests(code).flatMap((request) => {
      const actions = actionsOf[request];
      if (actions === undefined) throw new Error(`No permission is known for ${request}`);
      return actions;
    });
    const used = [...findDynamoDbActions(code), ...others];
    const allowed = permissions[name].flatMap(({ may }) => may).filter((action) => !byTheRuntime.test(action));
    expect([...new Set(used)].sort()).toEqual([...new Set(allowed)].sort());
  });
});
