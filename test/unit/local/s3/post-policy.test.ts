import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { describe, expect, it } from 'vitest';
import { checkPolicy, type PostedForm, readForm } from '#local/s3/post-policy.ts';
import { ServiceError } from '#local/service-error.ts';

const keys = { local: 'local' };
const client = new S3Client({
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

const presign = async () => {
  const { fields } = await createPresignedPost(client, {
    Bucket: 'outputs',
    Key: 'uploads/a.png',
    Fields: { 'Content-Type': 'image/png' },
    Conditions: [['content-length-range', 1, 10]],
  });
  return fields;
};

const check = (fields: Record<string, string>, bytes = 3): string => {
  const form: PostedForm = {
    fields: new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value])),
    bytes,
  };
  try {
    checkPolicy('outputs', form, keys, Date.now());
    return 'taken';
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
    throw error;
  }
};

describe('a form', () => {
  it('is taken as it was signed, with fields that are to be ignored', async () => {
    expect(check(await presign())).toBe('taken');
    expect(check({ ...(await presign()), 'x-ignore-note': 'a' })).toBe('taken');
  });

  it.each([
    'acl',
    'success_action_redirect',
    'Success_Action_Status',
    'x-amz-meta-a',
    'x-amz-storage-class',
    'tagging',
  ])('is refused with the field %s, which its policy does not name, as S3 has it', async (name) => {
    expect(check({ ...(await presign()), [name]: 'x' })).toBe(
      `Invalid according to Policy: Extra input fields: ${name.toLowerCase()}`,
    );
  });

  it('is refused with another value than the policy says, or another size', async () => {
    expect(check({ ...(await presign()), 'Content-Type': 'text/html' })).toContain('Policy Condition failed');
    expect(check(await presign(), 11)).toContain('exceeds');
  });

  it('is none without a file', async () => {
    await expect(readForm(Buffer.from('x'), 'multipart/form-data; boundary=b')).rejects.toThrow('not well-formed');
  });
});
