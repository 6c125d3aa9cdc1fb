import type { Operation } from '@aws-sdk/client-lambda';
import { invalidParameter } from '../errors.ts';

/** A part of the recorded operations. */
export interface OperationPage {
  operations: Operation[];
  /** Where the next page starts; absent on the last one. */
  nextMarker?: string;
}

/** Bounds of one page. */
export interface PageLimits {
  maxItems: number;
  /** Bytes of JSON; one operation is always returned, whatever its size. */
  maxBytes: number;
}

/** Lambda's own bounds: 1,000 operations, within the 6 MB of a payload. */
export const defaultPageLimits: PageLimits = { maxItems: 1_000, maxBytes: 4 * 1024 * 1024 };

/**
 * Cuts one page out of the recorded operations.
 *
 * @param marker where it starts: `nextMarker` of the page before
 * @throws {ServiceError} InvalidParameterValueException when the marker is none of ours
 */
export const pageOf = (
  operations: readonly Operation[],
  limits: PageLimits,
  marker: string | undefined,
): OperationPage => {
  const from = marker === undefined ? 0 : Number(marker);
  if (!Number.isSafeInteger(from) || from < 0 || from > operations.length) throw invalidParameter('Invalid Marker.');
  let to = from;
  let bytes = 0;
  for (const operation of operations.slice(from, from + limits.maxItems)) {
    bytes += Buffer.byteLength(JSON.stringify(operation));
    if (to > from && bytes > limits.maxBytes) break;
    to += 1;
  }
  const page: OperationPage = { operations: operations.slice(from, to) };
  if (to < operations.length) page.nextMarker = String(to);
  return page;
};
