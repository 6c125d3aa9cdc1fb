import * as z from 'zod';
import { once } from '../../../once.ts';
import type { OperationDefinition } from '../operation.ts';
import { readAcceptance } from '../photoshop/acceptance.ts';
import { presentPhotoshopStatus, readPhotoshopStatus } from '../photoshop/dialect.ts';
import {
  classifyRefusal,
  contentRefusals,
  contractCodes,
  presentMaskingRefusal,
  presentRefusal,
} from '../photoshop/refusals.ts';
import type { ServiceDialect } from '../service.ts';
import { presentMaskingStatus, readMaskingStatus } from './masking.ts';

const isMasking = ({ lane }: Pick<OperationDefinition, 'lane'>): boolean => lane === 'masking';

/** The status of masking at `/v1/status`, with its results at the top, and of the others at `/v2/status`. */
const statusSchema = once(() =>
  z
    .looseObject({
      jobId: z.uuid(),
      status: z.enum(['not_started', 'pending', 'running', 'succeeded', 'failed']),
      result: z.looseObject({}).optional().meta({ description: 'Of other operations than masking' }),
      errorDetails: z.array(z.object({ errorCode: z.string(), message: z.string() })).optional(),
      error_code: z.string().optional().meta({ description: 'Of masking' }),
      message: z.string().optional().meta({ description: 'Of masking' }),
    })
    .meta({ id: 'ImageJobStatus' }),
);

/** The answers of the host of images, where masking has words and bodies of its own. */
export const imageDialect: ServiceDialect = {
  readAcceptance,
  contentRefusals,
  contractCodes,
  classifyRefusal,
  readStatus: (body, operation) => (isMasking(operation) ? readMaskingStatus : readPhotoshopStatus)(body, operation),
  statusSchema,
  presentStatus: (job, operation) => (isMasking(operation) ? presentMaskingStatus : presentPhotoshopStatus)(job),
  presentRefusal: (refusal, operation) => (isMasking(operation) ? presentMaskingRefusal : presentRefusal)(refusal),
};
