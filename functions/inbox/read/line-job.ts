import { estimateCost } from '#shared/adobe/services/operation-rates.ts';
import { defaultModelVersion } from '#shared/adobe/services/operation-settings.ts';
import { laneOf } from '#shared/adobe/services/registry.ts';
import type { Batch } from '#shared/batches/batch.ts';
import { jobIdOfLine } from '#shared/batches/batch-store.ts';
import type { SkippedLine } from '#shared/batches/line-items.ts';
import type { PolicyOutcome } from '#shared/callers/check-policy.ts';
import { namedFolder } from '#shared/deployment/bucket.ts';
import { hasPreparedInputs } from '#shared/inputs/check-inputs.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import { serviceDisabled } from '#shared/jobs/lanes/lane.ts';
import { requestHashOf } from '#shared/jobs/reuse.ts';
import { type Labels, labelRule, mergeLabels } from '#shared/requests/labels.ts';
import type { InboxContext } from '../context.ts';
import { type LineRequest, readLineRequest } from './line-request.ts';
import type { NumberedLine } from './lines-file.ts';

/** Why a line is rejected on which the gateway itself fails. */
export const unprocessableLine = {
  code: 'line_unprocessable',
  message: 'The gateway cannot process the line. Change the line and send it again.',
};

/** Reads a line; one on which the reading itself fails is rejected, as it would fail those around it at every attempt. */
export const readLine = (
  inbox: InboxContext,
  { batchId, labels }: Batch,
  numbered: NumberedLine,
): LineRequest | SkippedLine => {
  const origin = pickOrigin(numbered);
  const { line } = origin;
  switch (numbered.kind) {
    case 'error': {
      const { id, code, message } = numbered;
      return { ...origin, id, state: 'rejected', error: { code, message } };
    }
    case 'request':
      try {
        const found = readLineRequest(numbered.json, inbox.operations, inbox.table.clock.now());
        if ('error' in found) return { ...origin, state: 'rejected', ...found };
        const isOn = inbox.lanes.has(laneOf(found.operation).name);
        if (isOn && labels !== undefined) return labelLine(origin, found, labels);
        return isOn ? found : { ...origin, id: found.id, state: 'rejected', error: serviceDisabled };
      } catch (error) {
        // The message may repeat the content.
        const { name } = error instanceof Error ? error : new TypeError();
        inbox.log.error('Reading a line of a batch failed; the line was rejected.', { batchId, line, error: name });
        return { ...origin, state: 'rejected', error: unprocessableLine };
      }
  }
};

/** The line with the labels of its batch beside its own. */
const labelLine = (origin: ReturnType<typeof pickOrigin>, line: LineRequest, ofBatch: Labels) => {
  const labels = mergeLabels(ofBatch, line.labels);
  if (labels !== undefined) return { ...line, labels };
  const message = `The labels of batch and line together ${labelRule}.`;
  return { ...origin, id: line.id, state: 'rejected' as const, error: { code: 'validation_error', message } };
};

/** The line as the policy of its caller lets it be. */
export const applyOutcome = (line: LineRequest, { priority, warnings }: PolicyOutcome): LineRequest => ({
  ...line,
  priority,
  warnings: [...line.warnings, ...warnings],
});

/** Where a line comes from. */
export const pickOrigin = ({ line, row, columns }: NumberedLine) => ({ line, row, columns });

/** The job of a line. */
export const buildJob = (
  { operations, operationRates }: InboxContext,
  { batchId, createdAt, caller, priority, retentionSeconds }: Batch,
  numbered: NumberedLine,
  { operation, modelVersion, body, text, id, warnings, labels, priority: own }: LineRequest,
): NewJob => {
  const { warnings: readWarnings = [], outputName } = numbered.kind === 'request' ? numbered : {};
  return {
    jobId: jobIdOfLine(batchId, numbered.line),
    caller,
    operation: operation.name,
    lane: laneOf(operation).name,
    modelVersion: modelVersion ?? defaultModelVersion(operation, operations),
    request: text,
    requestHash: requestHashOf(operation.name, modelVersion, body),
    priority: own ?? priority,
    warnings: [...readWarnings, ...warnings],
    retentionSeconds,
    batchId,
    ...pickOrigin(numbered),
    lineId: id,
    labels,
    cost: estimateCost(operation, body, operationRates),
    hasInputs: hasPreparedInputs(body),
    outputName: outputName && { ...outputName, folder: namedFolder({ batchId, createdAt }) },
  };
};
