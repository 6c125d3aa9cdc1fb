import type { Segment } from './body-files.ts';

const segmentsOf = new WeakMap<Uint8Array, readonly Segment[]>();

/** The part of a body that begins and ends there, in bytes. */
const cut = (segments: readonly Segment[], from: number, to: number): Segment[] => {
  let offset = 0;
  return segments.flatMap(({ file, start, end }) => {
    const first = Math.max(start, start + from - offset);
    const last = Math.min(end, start + to - offset);
    offset += end - start;
    return first < last ? [{ file, start: first, end: last }] : [];
  });
};

/**
 * Stands for a body that lies in files, where fauxqs expects one in memory: it has the length and can be cut, but holds no byte.
 * What is sent in its place is read from {@link readSegments}.
 */
export const createFileBody = (segments: readonly Segment[]): Buffer => {
  const length = segments.reduce((total, { start, end }) => total + end - start, 0);
  const body = Buffer.alloc(0);
  Object.defineProperties(body, {
    length: { value: length },
    subarray: { value: (from = 0, to = length) => createFileBody(cut(segments, from, to)) },
  });
  segmentsOf.set(body, segments);
  return body;
};

/** Where a body lies; undefined for one in memory. */
export const readSegments = (body: unknown): readonly Segment[] | undefined =>
  body instanceof Uint8Array ? segmentsOf.get(body) : undefined;
