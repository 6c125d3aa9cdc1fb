import type { IncomingHttpHeaders } from 'node:http';
import type { Access } from './statements.ts';

/** A request to S3, as far as IAM looks at it. */
export interface S3Request {
  method: string;
  /** Empty for the list of buckets. */
  bucket: string;
  /** Empty for a request on the bucket. */
  key: string;
  query: Readonly<Record<string, unknown>>;
  headers: IncomingHttpHeaders;
}

/** The ARN of an object, or of a bucket where the key is empty. */
export const s3Arn = (bucket: string, key = ''): string => `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;

/** What is needed to delete one object, or one version of it. */
export const deleteAccess = (bucket: string, key: string, versionId: string | undefined): Access => ({
  action: versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
  resource: s3Arn(bucket, key),
  context: { 's3:versionid': versionId },
});

/** What is needed to store an object, tags included. */
export const putAccesses = (bucket: string, key: string, isTagged: boolean): Access[] =>
  ['s3:PutObject', ...(isTagged ? ['s3:PutObjectTagging'] : [])].map((action) => ({
    action,
    resource: s3Arn(bucket, key),
  }));

/**
 * What IAM asks for a request to S3; `POST ?delete` and forms say in their bodies what they need.
 *
 * Source: "Required permissions for Amazon S3 API operations" in the user guide of S3.
 */
export const listS3Accesses = (request: S3Request): Access[] => {
  if (request.bucket === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  return request.key === '' ? listBucketAccesses(request) : listObjectAccesses(request);
};

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const listBucketAccesses = ({ method, bucket, query }: S3Request): Access[] => {
  const resource = s3Arn(bucket);
  const changes: Record<string, string> = {
    PUT: 'versioning' in query ? 's3:PutBucketVersioning' : 's3:CreateBucket',
    DELETE: 's3:DeleteBucket',
  };
  const action =
    changes[method] ??
    ('versions' in query
      ? 's3:ListBucketVersions'
      : 'location' in query
        ? 's3:GetBucketLocation'
        : 'versioning' in query
          ? 's3:GetBucketVersioning'
          : 'uploads' in query
            ? 's3:ListBucketMultipartUploads'
            : 's3:ListBucket');
  const context = {
    's3:prefix': asText(query['prefix']),
    's3:delimiter': asText(query['delimiter']),
    's3:max-keys': asText(query['max-keys']),
  };
  return [{ action, resource, context }];
};

const listObjectAccesses = ({ method, bucket, key, query, headers }: S3Request): Access[] => {
  const resource = s3Arn(bucket, key);
  const versionId = asText(query['versionId']);
  switch (method) {
    case 'GET':
    case 'HEAD':
      if ('uploadId' in query) return [{ action: 's3:ListMultipartUploadParts', resource }];
      return [
        {
          action: versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
          resource,
          context: { 's3:versionid': versionId },
        },
      ];
    case 'DELETE':
      return 'uploadId' in query
        ? [{ action: 's3:AbortMultipartUpload', resource }]
        : [...listComparedAccesses(resource, headers), deleteAccess(bucket, key, versionId)];
    default: {
      const isTagged = headers['x-amz-tagging'] !== undefined || 'x-amz-tagging' in query;
      return [
        ...listSourceAccesses(headers['x-amz-copy-source']),
        ...listComparedAccesses(resource, headers),
        ...putAccesses(bucket, key, isTagged),
      ];
    }
  }
};

/** To compare an ETag is to read the object. */
const listComparedAccesses = (resource: string, headers: IncomingHttpHeaders): Access[] =>
  headers['if-match'] === undefined ? [] : [{ action: 's3:GetObject', resource }];

/** A copy reads its source as the one who asks for it. */
const listSourceAccesses = (source: string | readonly string[] | undefined): Access[] => {
  if (typeof source !== 'string') return [];
  const [path = '', versionId] = decodeURIComponent(source).replace(/^\//, '').split('?versionId=');
  return [
    { action: versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', resource: `arn:aws:s3:::${path}` },
  ];
};
