import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { showNumber } from '../../ui/words.ts';
import { buildDaySeries, type Dimension, type Measure, rankRows, type Usage } from './series.ts';

/** What is plotted. */
export interface PlottedUsage {
  usage: Usage;
  by: Dimension;
  measure: Measure;
  unit: string;
}

const height = 260;
const maxBars = 12;
const maxNameLength = 14;
const bars = uPlot.paths.bars?.({ size: [0.7, 60] });

/**
 * Draws bars into an element, as wide as it is.
 *
 * @returns takes them away again
 */
export const drawPlot = (element: HTMLElement, plotted: PlottedUsage): (() => void) => {
  const plot = new uPlot(describePlot(plotted, element), buildData(plotted), element);
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
  observer.observe(element);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
};

const buildData = ({ usage, by, measure }: PlottedUsage): uPlot.AlignedData => {
  if (by === 'day') return buildDaySeries(usage, measure);
  const ranked = rankRows(usage.usage, by, measure, maxBars);
  return [ranked.map((_, index) => index), ranked.map(({ value }) => value)];
};

const describePlot = ({ usage, by, measure, unit }: PlottedUsage, element: HTMLElement): uPlot.Options => {
  const { color } = getComputedStyle(element);
  const probe = document.createElement('span');
  probe.className = 'plot-color';
  element.append(probe);
  const fill = getComputedStyle(probe).backgroundColor;
  probe.remove();
  const names = by === 'day' ? [] : rankRows(usage.usage, by, measure, maxBars).map(({ name }) => name);
  const axis = { stroke: color, grid: { stroke: `color-mix(in srgb, ${color} 15%, transparent)` } };
  const nameAt = (value: number) => shorten(names[value] ?? '');
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: by === 'day', range: by === 'day' ? undefined : [-0.6, Math.max(1, names.length) - 0.4] } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    axes: [
      by === 'day' ? axis : { ...axis, splits: names.map((_, index) => index), values: (_, at) => at.map(nameAt) },
      { ...axis, label: unit, size: 70, values: (_, at) => at.map(showNumber) },
    ],
    series: [{}, { label: unit, fill, stroke: fill, paths: bars, points: { show: false } }],
  };
};

const shorten = (name: string): string => (name.length > maxNameLength ? `${name.slice(0, maxNameLength - 1)}…` : name);
