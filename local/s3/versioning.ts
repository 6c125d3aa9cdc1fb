import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../service-error.ts';

/** What of S3's versioning is played: none, or suspended, where each object is the one version `null` and says so. */
export interface Versioning {
  /** Suspends the versioning of a bucket, if that is what a request asks for; says whether it did. */
  change(request: FastifyRequest): boolean;
  /** Names the version in an answer about an object. */
  nameVersion(request: FastifyRequest, reply: FastifyReply): void;
}

const named = new Set(['GET', 'HEAD', 'PUT']);

export const createVersioning = (): Versioning => {
  const suspended = new Set<string>();
  return {
    change: ({ method, params, query, body }) => {
      const { bucket = '', '*': key = '' } = (params ?? {}) as { bucket?: string; '*'?: string };
      if (method !== 'PUT' || key !== '' || !('versioning' in (query as object))) return false;
      if (!/<Status>Suspended<\/Status>/.test(String(body))) {
        throw new ServiceError('NotImplemented', 'This S3 keeps no versions; it can suspend versioning only.', 501);
      }
      suspended.add(bucket);
      return true;
    },
    nameVersion: ({ method, params }, reply) => {
      const { bucket = '', '*': key = '' } = (params ?? {}) as { bucket?: string; '*'?: string };
      if (key !== '' && named.has(method) && reply.statusCode < 300 && suspended.has(bucket)) {
        reply.header('x-amz-version-id', 'null');
      }
    },
  };
};
