import { adobeLimits, perMinute } from '#test/fixtures/queue.ts';
import { measureDispatchRun } from './dispatch-run.ts';
import { runWithFaults } from './fault-run.ts';
import { createBurstLoad } from './load.ts';
import { type QueueSimulation, simulateQueue } from './queue-simulation.ts';
import { compareRates } from './rate-run.ts';
import type { Row, Section } from './table.ts';

const simulation = { jobs: 400, windows: adobeLimits.windows, networkMs: 1_000, seed: 1 };

/** How late executions start and resume, and the least share of the rate that is used then. */
const lateness: { name: string; simulation: QueueSimulation; atLeast: number }[] = [
  { name: 'up to 100 ms', simulation: { ...simulation, latenessMs: 100 }, atLeast: 0.99 },
  { name: 'up to 6 s', simulation: { ...simulation, latenessMs: 6_000 }, atLeast: 0.94 },
  { name: 'up to 20 s', simulation: { ...simulation, latenessMs: 20_000 }, atLeast: 0.85 },
  { name: '5 s, 30 % cold', simulation: { ...simulation, latenessMs: 5_000, coldStarts: 0.3 }, atLeast: 0.94 },
  {
    name: '5 s, 30 % cold, 60/min',
    simulation: { ...simulation, windows: perMinute(60).windows, latenessMs: 5_000, coldStarts: 0.3 },
    atLeast: 0.9,
  },
];

/**
 * Most seconds of CPU, the local table's included, that a run over so many permits takes: what other work on the machine does not
 * change. The first pays for code that is not compiled yet; on the clock it takes less than half a second.
 */
const dispatchRuns = [
  { permits: 60, below: 0.75 },
  { permits: 300, below: 2 },
  { permits: 1_000, below: 4 },
];

/** The parts of the bench that are about the rate of a lane. */
export const laneSections: Section[] = [
  {
    name: 'queue',
    title: '1,000 jobs at 4 requests a minute on an injected clock',
    measure: async () => {
      const figures = await simulateQueue({ ...simulation, jobs: 1_000, latenessMs: 3_000 });
      const { utilization, mostInWindow, rateLimited, lost, doubled } = figures;
      return {
        figures,
        rows: [
          { figure: "share of Adobe's limit that is used", value: utilization, unit: '', atLeast: 0.97 },
          { figure: 'most submits in any 60 s', value: mostInWindow[0] ?? 0, unit: '', atMost: 4 },
          { figure: '429 answers', value: rateLimited, unit: '', atMost: 0 },
          { figure: 'jobs lost', value: lost, unit: '', atMost: 0 },
          { figure: 'jobs doubled', value: doubled, unit: '', atMost: 0 },
        ],
      };
    },
  },
  {
    name: 'lateness',
    title: '400 jobs whose executions start and resume late, on an injected clock',
    measure: async () => {
      const figures: Record<string, unknown> = {};
      const rows: Row[] = [];
      for (const { name, simulation, atLeast } of lateness) {
        const result = await simulateQueue(simulation);
        const hard = simulation.windows[0]?.hard;
        figures[name] = result;
        rows.push(
          { figure: `${name}: share of the rate`, value: result.utilization, unit: '', atLeast },
          { figure: `${name}: turns given up`, value: result.turnsGivenUp, unit: '', atMost: 0 },
          { figure: `${name}: most in 60 s`, value: result.mostInWindow[0] ?? 0, unit: '', atMost: hard },
        );
      }
      return { figures, rows };
    },
  },
  {
    name: 'dispatch',
    title: 'one run of dispatch over free permits',
    measure: async () => {
      const figures = [];
      const rows: Row[] = [];
      for (const { permits, below } of dispatchRuns) {
        const run = await measureDispatchRun(permits);
        figures.push(run);
        rows.push(
          { figure: `${permits} permits: CPU`, value: run.cpuSeconds, unit: 's', below },
          { figure: `${permits} permits`, value: run.seconds, unit: 's' },
          { figure: `${permits} permits: calls a job`, value: run.callsPerTurn, unit: '', below: 2.25 },
        );
      }
      return { figures, rows };
    },
  },
  {
    name: 'burst',
    title: '200 jobs at 60 requests a minute with 503s and lost answers, beside two careful loops (four minutes)',
    measure: async () => {
      const figures = await compareRates({ jobs: 200, requestsPerMinute: 60, fails: true }, { together: true });
      return { figures, rows: listRates('burst', figures, { hard: 60, atLeast: 0.985 }) };
    },
  },
  {
    name: 'sustained',
    title: '750 jobs at 300 requests a minute, beside two careful loops (six minutes)',
    measure: async () => {
      const figures = await compareRates({ jobs: 750, requestsPerMinute: 300, fails: false }, { together: false });
      return {
        figures,
        rows: [
          ...listRates('sustained', figures, { hard: 300, atLeast: 0.9 }),
          { figure: 'sustained: CPU of a job', value: figures.gateway.cpuMs, unit: 'ms', below: 100 },
        ],
      };
    },
  },
  {
    name: 'killed-functions',
    title: '200 jobs at 60 requests a minute while Adobe fails and functions are killed at random (some minutes)',
    measure: async () => {
      const figures = await runWithFaults({ jobs: 200, seed: 1, load: createBurstLoad(60) });
      const { lost, doubled, overLimit, lanes } = figures;
      return {
        figures,
        rows: [
          { figure: 'killed functions: share of the rate', value: lanes['firefly']?.share ?? 0, unit: '' },
          {
            figure: 'killed functions: most in 60 s',
            value: lanes['firefly']?.mostInWindow ?? 0,
            unit: '',
            atMost: 60,
          },
          { figure: 'killed functions: over the limit', value: overLimit, unit: '', atMost: 0 },
          { figure: 'killed functions: jobs lost', value: lost, unit: '', atMost: 0 },
          { figure: 'killed functions: jobs paid twice', value: doubled, unit: '', atMost: 0 },
        ],
      };
    },
  },
];

/** The gateway's rows, and beside them the loops' and how it compares with the better one. */
const listRates = (
  name: string,
  { gateway, ...loops }: Awaited<ReturnType<typeof compareRates>>,
  { hard, atLeast }: { hard: number; atLeast: number },
): Row[] => {
  const bestLoop = Math.max(...Object.values(loops).map(({ share }) => share));
  return [
    { figure: `${name}: share of the rate`, value: gateway.share, unit: '', atLeast },
    ...Object.entries(loops).map(([loop, { share }]) => ({
      figure: `${name}: the same by ${loop}`,
      value: share,
      unit: '',
    })),
    { figure: `${name}: divided by the best loop`, value: gateway.share / bestLoop, unit: '' },
    { figure: `${name}: most in 60 s`, value: gateway.mostInWindow, unit: '', atMost: hard },
    { figure: `${name}: paid twice`, value: gateway.paidTwice, unit: '', atMost: 0 },
    ...Object.entries(loops).map(([loop, { paidTwice }]) => ({
      figure: `${name}: paid twice by ${loop}`,
      value: paidTwice,
      unit: '',
    })),
    ...Object.entries({ gateway, ...loops }).map(([who, { withoutImage }]) => ({
      figure: `${name}: jobs without an image by ${who}`,
      value: withoutImage,
      unit: '',
    })),
  ];
};
