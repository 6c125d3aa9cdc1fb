import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptSection } from './accept.ts';
import { batchSections } from './batches.ts';
import { bundleSection } from './bundles.ts';
import { costSection } from './cost-section.ts';
import { busyDay, simulateFairness, waitsOf } from './fairness-simulation.ts';
import { runWithFaults } from './fault-run.ts';
import { measureFlood } from './flood.ts';
import { footprintSection } from './footprint.ts';
import { measureGrowth } from './growth.ts';
import { measureGuessing } from './guessing.ts';
import { measureOverhead } from './http-latency.ts';
import { killedSection } from './killed.ts';
import { laneSections } from './lane-sections.ts';
import { listsSection } from './lists.ts';
import { measureMemory } from './memory.ts';
import { positionsSection } from './positions.ts';
import { measureReads } from './reads.ts';
import { printTable, type Row, type Section } from './table.ts';
import { measureThumbnails } from './thumbnails.ts';

const sections: Section[] = [
  bundleSection,
  acceptSection,
  {
    name: 'overhead',
    title: 'generating through the gateway and straight from the simulator',
    measure: async () => {
      const figures = await measureOverhead();
      const row = { figure: 'overhead, submit to stored: p50', value: figures.overheadP50, unit: 'ms', below: 1_500 };
      return { figures, rows: [row] };
    },
  },
  {
    name: 'flood',
    title: "accepting one caller's jobs while another sends 500 requests a second (some minutes)",
    measure: async () => {
      const requests = Number(process.env['FLOOD_REQUESTS'] ?? 50_000);
      const figures = await measureFlood({ requests });
      return {
        figures,
        rows: [
          { figure: 'a caller alone: p50', value: figures.aloneP50, unit: 'ms' },
          { figure: `beside another's ${requests} requests`, value: figures.besideP50, unit: 'ms' },
          { figure: 'one divided by the other', value: figures.ratio, unit: '', below: 1.1 },
          { figure: `of the ${requests} accepted`, value: figures.accepted, unit: '' },
        ],
      };
    },
  },
  {
    name: 'guessing',
    title: 'refusing a wrong secret, an unknown id, and what is no id',
    measure: async () => {
      const figures = await measureGuessing();
      return {
        figures,
        rows: [
          { figure: 'refusing a wrong secret: p50', value: figures.wrongSecretP50, unit: 'ms' },
          { figure: 'largest p50 divided by smallest', value: figures.ratio, unit: '', below: 1.1 },
        ],
      };
    },
  },
  ...laneSections,
  costSection,
  {
    name: 'fairness',
    title: '10,000 low, 100 normal and 5 high jobs of three callers at 4 requests a minute on an injected clock',
    measure: async () => {
      const turns = await simulateFairness(busyDay, 4);
      const figures = Object.fromEntries(busyDay.map(({ caller }) => [caller, waitsOf(turns, caller)]));
      const rows = busyDay.flatMap(({ caller, priority, minute }): Row[] => [
        { figure: `${caller}, ${priority}, from minute ${minute}: p50`, value: figures[caller]?.p50 ?? 0, unit: 'min' },
        { figure: `${caller}: longest wait`, value: figures[caller]?.max ?? 0, unit: 'min' },
      ]);
      return { figures, rows };
    },
  },
  ...batchSections,
  {
    name: 'reads',
    title: 'what callers can ask for beside 3,000 waiting jobs of 20 KB',
    measure: async () => {
      const figures = await measureReads(3_000, 20_000);
      const { health, depth, rareState, acceptAlone, acceptBesideTwelve } = figures;
      return {
        figures,
        rows: [
          { figure: 'state of a lane for GET /health', value: health.units, unit: 'read units', below: 50 },
          { figure: 'counting 1,000 waiting jobs', value: depth.units, unit: 'read units', below: 50 },
          { figure: 'GET /jobs of a rare state', value: rareState.units, unit: 'read units', below: 600 },
          { figure: 'GET /jobs of a rare state', value: rareState.ms, unit: 'ms' },
          { figure: "another caller's job, alone", value: acceptAlone, unit: 'ms' },
          { figure: "another caller's job, beside 12 such lists", value: acceptBesideTwelve, unit: 'ms' },
        ],
      };
    },
  },
  positionsSection,
  listsSection,
  {
    name: 'thumbnails',
    title: 'the thumbnails of an image of 4 megapixels, and decoding it',
    measure: async () => {
      const figures = await measureThumbnails(2_048);
      return {
        figures,
        rows: [
          { figure: 'decoding a JPEG of 4 megapixels: p50', value: figures.decodeMs, unit: 'ms' },
          { figure: 'its three thumbnails: p50', value: figures.thumbnailsMs, unit: 'ms' },
          { figure: 'one divided by the other', value: figures.ratio, unit: '', below: 8 },
        ],
      };
    },
  },
  {
    name: 'memory',
    title: 'storing one output of 200 MB',
    measure: async (directory) => {
      const figures = await measureMemory(directory);
      return {
        figures,
        rows: [{ figure: '200 MB output: memory above idle', value: figures.aboveIdleMb, unit: 'MB', below: 150 }],
      };
    },
  },
  {
    name: 'growth',
    title: 'memory of the embedded stack after 20,000 refused requests and 5,000 erased jobs (some minutes)',
    measure: async () => {
      const figures = await measureGrowth({ refused: 20_000, erased: 5_000 });
      return {
        figures,
        rows: [
          { figure: '20,000 refused requests: heap that stays', value: figures.refused.heapMb, unit: 'MB', below: 30 },
          { figure: '5,000 erased jobs: heap that stays', value: figures.erased.heapMb, unit: 'MB', below: 30 },
        ],
      };
    },
  },
  footprintSection,
  {
    name: 'faults',
    title: '2,000 jobs while Adobe fails and functions are killed at random (a quarter of an hour)',
    measure: async () => {
      const figures = await runWithFaults({ jobs: 2_000, seed: 1 });
      const { lost, doubled, mostSubmitsPerAttempt, kills } = figures;
      return {
        figures,
        rows: [
          { figure: 'fault run: jobs lost', value: lost, unit: '', atMost: 0 },
          { figure: 'fault run: jobs doubled', value: doubled, unit: '', atMost: 0 },
          { figure: 'fault run: submits of an attempt', value: mostSubmitsPerAttempt, unit: '', atMost: 1 },
          { figure: 'fault run: functions killed', value: kills, unit: '' },
        ],
      };
    },
  },
  killedSection,
];

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. Sections: ${sections.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-bench-'));
try {
  const figures: Record<string, unknown> = {};
  const rows: Row[] = [];
  for (const section of sections.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
    console.error(section.title);
    const measured = await section.measure(directory);
    figures[section.name] = measured.figures;
    rows.push(...measured.rows);
  }
  console.log(JSON.stringify(figures));
  // A goal that is missed fails the bench.
  if (!printTable(rows)) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true });
}
