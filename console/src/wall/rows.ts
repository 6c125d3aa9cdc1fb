import type { JobOutput, JobSummary } from '../api/jobs.ts';

/** One picture of the wall, or a job that has none to show. */
export interface Tile {
  /** Stays the same while the job goes on. */
  key: string;
  job: JobSummary;
  /** Place of the output in its job, from 0. */
  index: number;
  output: JobOutput | undefined;
}

/** A tile in its place, in CSS pixels. */
export interface PlacedTile extends Tile {
  left: number;
  width: number;
}

/** Pictures of the same height side by side. */
export interface Row {
  height: number;
  tiles: readonly PlacedTile[];
}

const narrowestRatio = 0.6;
const widestRatio = 2.4;

/** The pictures of the jobs, one after the other. */
export const listTiles = (jobs: readonly JobSummary[]): Tile[] =>
  jobs.flatMap((job): Tile[] =>
    job.outputs.length === 0
      ? [{ key: `${job.jobId}/0`, job, index: 0, output: undefined }]
      : job.outputs.map((output, index) => ({ key: `${job.jobId}/${index}`, job, index, output })),
  );

/**
 * Fills rows of the whole width with pictures in their own shapes; the last row is left as long as it is.
 *
 * @param options in CSS pixels; the height of a row comes as close to `height` as its pictures allow
 */
export const buildRows = (
  tiles: readonly Tile[],
  { width, height, gap }: { width: number; height: number; gap: number },
): Row[] => {
  const rows: Row[] = [];
  let row: { tile: Tile; ratio: number }[] = [];
  let ratios = 0;
  const place = (rowHeight: number) => {
    let left = 0;
    const placed = row.map(({ tile, ratio }) => {
      const at = left;
      left += ratio * rowHeight + gap;
      return { ...tile, left: at, width: ratio * rowHeight };
    });
    rows.push({ height: rowHeight, tiles: placed });
    row = [];
    ratios = 0;
  };
  for (const tile of tiles) {
    const ratio = readRatio(tile.output);
    row.push({ tile, ratio });
    ratios += ratio;
    const fitting = (width - gap * (row.length - 1)) / ratios;
    if (fitting <= height) place(fitting);
  }
  if (row.length > 0) place(Math.min(height, (width - gap * (row.length - 1)) / ratios));
  return rows;
};

const readRatio = (output: JobOutput | undefined): number =>
  output?.width === undefined || output.height === undefined || output.height === 0
    ? 1
    : Math.min(widestRatio, Math.max(narrowestRatio, output.width / output.height));
