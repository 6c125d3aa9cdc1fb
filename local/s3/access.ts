import type { FastifyReply, FastifyRequest } from 'fastify';
import { readAccessKeyId } from '#shared/loopback-guard.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { deleteAccess, listS3Accesses, putAccesses, s3Arn } from '../iam/s3-accesses.ts';
import type { Access } from '../iam/statements.ts';
import { ServiceError } from '../service-error.ts';
import { readMultiDelete, writeMultiDelete } from './multi-delete.ts';
import type { PostedForm } from './post-policy.ts';
import { errorXml, escapeXml, xmlType } from './xml.ts';

/** What of a request IAM decides on. */
type S3Request = Pick<FastifyRequest, 'method' | 'params' | 'query' | 'headers'>;

/** IAM before S3: each function is called at its point of a request. */
export interface S3Access {
  /** @throws {ServiceError} 403 if the policies do not allow the request, as far as its URL and headers say what it is */
  check(request: S3Request): void;
  /** @throws {ServiceError} 403 if the one who signed a form may not store what it sends */
  checkForm(bucket: string, form: PostedForm): void;
  /** Takes out of `POST ?delete` what may not be deleted; the other objects are, as in AWS. */
  filterDeletes(request: FastifyRequest): void;
  /** Names in the answer what was taken out, and hides what is not there from those who may not list the bucket. */
  completeAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown;
}

const readParams = (params: unknown): { bucket: string; key: string } => {
  const { bucket = '', '*': key = '' } = (params ?? {}) as { bucket?: string; '*'?: string };
  return { bucket, key };
};

const readQuery = (query: unknown): Record<string, unknown> => (query ?? {}) as Record<string, unknown>;

/** Of a signed header, or of a presigned URL. */
const readSigner = ({ headers, query }: S3Request): string | undefined =>
  readAccessKeyId(headers) ?? String(readQuery(query)['X-Amz-Credential'] ?? '').split('/')[0];

const isMultiDelete = ({ method, params, query }: S3Request): boolean =>
  method === 'POST' && readParams(params).key === '' && 'delete' in readQuery(query);

const denied = (message: string) => new ServiceError('AccessDenied', message, 403);

/** Without an authorizer everything is allowed that is signed with a known key. */
export const createS3Access = (authorizer: Authorizer | undefined): S3Access => {
  if (authorizer === undefined) {
    return {
      check: () => {},
      checkForm: () => {},
      filterDeletes: () => {},
      completeAnswer: (_, __, payload) => payload,
    };
  }
  const refuse = (signer: string | undefined, accesses: readonly Access[]): void => {
    const denial = authorizer.findDenial(signer, accesses);
    if (denial !== undefined) throw denied(denial);
  };
  const refusedDeletes = new WeakMap<object, string[]>();
  return {
    check: (request) => {
      if (isMultiDelete(request)) return;
      const { method, headers } = request;
      const accesses = listS3Accesses({
        method,
        ...readParams(request.params),
        query: readQuery(request.query),
        headers,
      });
      refuse(readSigner(request), accesses);
    },
    checkForm: (bucket, { fields }) => {
      const signer = fields.get('x-amz-credential')?.split('/')[0];
      refuse(signer, putAccesses(bucket, fields.get('key') ?? '', fields.has('tagging')));
    },
    filterDeletes: (request) => {
      if (!isMultiDelete(request)) return;
      const { bucket } = readParams(request.params);
      const refused: string[] = [];
      const { objects, isQuiet } = readMultiDelete(String(request.body));
      const allowed = objects.filter(({ key, versionId }) => {
        const denial = authorizer.findDenial(readSigner(request), [deleteAccess(bucket, key, versionId)]);
        if (denial === undefined) return true;
        refused.push(
          `<Error><Key>${escapeXml(key)}</Key><Code>AccessDenied</Code><Message>${escapeXml(denial)}</Message></Error>`,
        );
        return false;
      });
      request.body = Buffer.from(writeMultiDelete({ objects: allowed, isQuiet }));
      refusedDeletes.set(request, refused);
    },
    completeAnswer: (request, reply, payload) => {
      const { bucket, key } = readParams(request.params);
      const refused = refusedDeletes.get(request) ?? [];
      if (refused.length > 0) return String(payload).replace('</DeleteResult>', `${refused.join('')}</DeleteResult>`);
      if (reply.statusCode !== 404 || key === '' || !['GET', 'HEAD'].includes(request.method)) return payload;
      if (authorizer.mayAsWell(readSigner(request), { action: 's3:ListBucket', resource: s3Arn(bucket) }))
        return payload;
      const xml = errorXml({ code: 'AccessDenied', message: 'Access Denied' });
      reply.code(403).type(xmlType).removeHeader('content-length');
      return request.method === 'HEAD' ? payload : xml;
    },
  };
};
