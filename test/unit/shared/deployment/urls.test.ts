import { expect, it } from 'vitest';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { downloadHosts } from '#shared/deployment/urls.ts';

const allows = createAllowList(downloadHosts({ services: { firefly: {} }, extraDownloadHosts: [] }));

it.each([
  'pre-signed-firefly-prod.s3-accelerate.amazonaws.com',
  'a-bucket.s3.amazonaws.com',
  'a-bucket.s3.us-west-2.amazonaws.com',
  'a.bucket.s3.eu-central-1.amazonaws.com',
  'a-bucket.s3.dualstack.ap-southeast-1.amazonaws.com',
  'firefly-api.adobe.io',
  'account.blob.core.windows.net',
])('fetches outputs from %s', (host) => {
  expect(allows(`https://${host}/key?X-Amz-Signature=1`)).toBe(true);
});

it.each([
  'amazonaws.com',
  'ec2-203-0-113-25.compute-1.amazonaws.com',
  'ec2-203-0-113-25.us-west-2.compute.amazonaws.com',
  's3-evil-1234567890.us-east-1.elb.amazonaws.com',
  'abc123.execute-api.us-east-1.amazonaws.com',
  'a-bucket.s3-website.us-east-1.amazonaws.com',
  's3.amazonaws.com.evil.example',
  'a-bucket.s3.us-east-1.evil.example',
  'a-buckets3.amazonaws.com',
  'a.s3.b.c.amazonaws.com',
])('fetches none from %s', (host) => {
  expect(allows(`https://${host}/key`)).toBe(false);
});
