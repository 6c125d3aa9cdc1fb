import type { Operation } from '../../jobs/job.ts';

/** Adobe's path of each operation. */
export const operationPaths: Record<Operation, string> = {
  'images/generate': '/v3/images/generate-async',
};
