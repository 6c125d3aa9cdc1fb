import { expect, it } from 'vitest';
import * as z from 'zod';
import { linesInStep } from '#functions/inbox/cancel/cancel-jobs.ts';
import { maxChunkBytes, maxChunkLines, maxGrowth } from '#functions/inbox/read/lines-file.ts';
import { chunksInInvocation } from '#functions/inbox/read/read-requests.ts';
import { settingsSchema } from '#shared/deployment/settings.ts';

// AWS: operations of a durable execution.
const mostOperations = 3_000;

const largest = (setting: 'batchMaxLines' | 'batchMaxBytes'): number => {
  const { properties = {} } = z.toJSONSchema(settingsSchema(), { io: 'input' });
  return z.object({ maximum: z.number() }).parse(properties[setting]).maximum;
};

it('The largest batch that the settings allow is read and cancelled in one durable execution, with room to spare', () => {
  const lines = largest('batchMaxLines');
  // Every chunk but the last is full, of lines or of bytes.
  const chunks = lines / maxChunkLines + (maxGrowth * largest('batchMaxBytes')) / maxChunkBytes + 1;
  const waits = chunks / chunksInInvocation;
  const cancellations = lines / linesInStep + 1;
  // Before, between and after: plan, prepare, all read, cancel, cancelled, settle, report or refuse, announce.
  const others = 8;
  expect(Math.ceil(chunks + waits + cancellations + others)).toBeLessThan(0.8 * mostOperations);
});
