import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { JobFilters, JobSummary } from '../api/jobs.ts';
import type { Choice } from './choice.ts';
import { buildRows, listTiles, type Row } from './rows.ts';
import { WallTile } from './tile.tsx';

const gap = 12;
const rowsAhead = 4;

interface GridProps {
  jobs: readonly JobSummary[];
  filters: JobFilters;
  /** Where pictures are being chosen. */
  choice: Choice | undefined;
  /** Asks for more, once the end comes near. */
  onEnd: () => void;
}

/** The pictures, of which only those near the screen are in the page. */
export const WallGrid = ({ jobs, filters, choice, onEnd }: GridProps) => {
  const list = useRef<HTMLUListElement>(null);
  const { width, top } = usePlace(list);
  const tiles = useMemo(() => listTiles(jobs), [jobs]);
  const rows = useMemo(
    () => (width === 0 ? [] : buildRows(tiles, { width, height: width < 600 ? 190 : 260, gap })),
    [tiles, width],
  );
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.height ?? 0) + gap,
    overscan: rowsAhead,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.tiles[0]?.key ?? index,
  });
  // Heights are known, not measured: another width makes other rows of the same places.
  useLayoutEffect(() => {
    if (rows.length > 0) virtualizer.measure();
  }, [rows, virtualizer]);
  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 1 - rowsAhead) onEnd();
  }, [last, rows.length, onEnd]);
  const moveFocus = useArrowKeys(rows, (index) => virtualizer.scrollToIndex(index, { align: 'auto' }));
  const followed = useMemo(() => followedJobs(jobs), [jobs]);
  return (
    <ul className="wall" ref={list} onKeyDown={moveFocus} style={{ height: virtualizer.getTotalSize() }}>
      {shown.flatMap((item) =>
        (rows[item.index]?.tiles ?? []).map((tile) => (
          <li
            key={tile.key}
            style={{
              width: tile.width,
              height: item.size - gap,
              transform: `translate(${tile.left}px, ${item.start - top}px)`,
            }}
          >
            <WallTile tile={tile} filters={filters} isFollowed={followed.has(tile.job.jobId)} choice={choice} />
          </li>
        )),
      )}
    </ul>
  );
};

const usePlace = (list: { current: HTMLElement | null }): { width: number; top: number } => {
  const [place, setPlace] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const next = { width: Math.floor(element.clientWidth), top: element.offsetTop };
      setPlace((known) => (known.width === next.width && known.top === next.top ? known : next));
    });
    observer.observe(element);
    // What stands above the wall may grow and push it down.
    if (element.parentElement !== null) observer.observe(element.parentElement);
    return () => observer.disconnect();
  }, [list]);
  return place;
};

// Each costs a request every few seconds: those that come next are followed, the others wait.
const maxFollowed = 6;

const followedJobs = (jobs: readonly JobSummary[]): ReadonlySet<string> =>
  new Set(
    jobs
      .filter(({ status }) => status === 'queued' || status === 'scheduled')
      .slice(-maxFollowed)
      .map(({ jobId }) => jobId),
  );

// A row that was not on the screen comes into the page some frames after it is scrolled to.
const maxFramesToRow = 30;

/** Moves the focus between pictures: left and right to the neighbours, up and down by rows. */
const useArrowKeys = (rows: readonly Row[], scrollToRow: (index: number) => void) => {
  const wanted = useRef<string | undefined>(undefined);
  return (event: KeyboardEvent<HTMLElement>) => {
    const focused = event.target instanceof HTMLElement ? event.target.dataset['tile'] : undefined;
    // A second key may come before the focus has followed the first.
    const key = focused && (wanted.current ?? focused);
    if (key === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const rowIndex = rows.findIndex(({ tiles }) => tiles.some((tile) => tile.key === key));
    const row = rows[rowIndex];
    if (row === undefined) return;
    const column = row.tiles.findIndex((tile) => tile.key === key);
    const all = rows.flatMap(({ tiles }) => tiles);
    const place = all.findIndex((tile) => tile.key === key);
    const beside = { ArrowLeft: all[place - 1], ArrowRight: all[place + 1] }[event.key];
    const next =
      beside ??
      { ArrowUp: rows[rowIndex - 1]?.tiles, ArrowDown: rows[rowIndex + 1]?.tiles }[event.key]
        ?.slice(0, column + 1)
        .at(-1);
    if (next === undefined) return;
    event.preventDefault();
    wanted.current = next.key;
    scrollToRow(rows.findIndex(({ tiles }) => tiles.includes(next)));
    const focusWanted = (framesLeft: number) => {
      if (wanted.current !== next.key) return;
      const tile = document.querySelector<HTMLElement>(`[data-tile="${CSS.escape(next.key)}"]`);
      tile?.focus({ preventScroll: true });
      if (tile !== null || framesLeft === 0) wanted.current = undefined;
      else requestAnimationFrame(() => focusWanted(framesLeft - 1));
    };
    focusWanted(maxFramesToRow);
  };
};
