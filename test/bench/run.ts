import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionKeys } from '#test/fixtures/bundled-functions.ts';
import { measureBundle } from './bundles.ts';
import { measureAccept, measureOverhead } from './http-latency.ts';
import { measureMemory } from './memory.ts';
import { simulateQueue } from './queue-simulation.ts';
import { printTable, type Row } from './table.ts';

const progress = (line: string) => console.error(line);
const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-bench-'));

try {
  const bundles: Record<string, { bytes: number; importMs: number }> = {};
  for (const key of functionKeys) {
    progress(`bundling and importing ${key}`);
    bundles[key] = await measureBundle(key, directory);
  }
  progress('accepting jobs from 20 clients');
  const accept = await measureAccept();
  progress('generating through the gateway and straight from the simulator');
  const overhead = await measureOverhead();
  progress('1,000 jobs at 4 requests a minute on an injected clock');
  const queue = await simulateQueue({ jobs: 1_000, requestsPerMinute: 4, latenessMs: 3_000, seed: 1 });
  progress('storing one output of 200 MB');
  const memory = await measureMemory(directory);

  console.log(JSON.stringify({ bundles, accept, overhead, queue, memory }));
  printTable([...bundleRows(bundles), ...figureRows({ accept, overhead, queue, memory })]);
} finally {
  await rm(directory, { recursive: true });
}

function bundleRows(bundles: Record<string, { bytes: number; importMs: number }>): Row[] {
  const limits: Record<string, number> = { api: 900_000, generate: 1_200_000, tokenRefresh: 600_000 };
  return Object.entries(bundles).flatMap(([key, { bytes, importMs }]): Row[] => [
    { figure: `${key}: bundle`, value: bytes / 1000, unit: 'KB', ...(limits[key] && { below: limits[key] / 1000 }) },
    { figure: `${key}: import`, value: importMs, unit: 'ms', below: 150 },
  ]);
}

function figureRows(figures: {
  accept: Awaited<ReturnType<typeof measureAccept>>;
  overhead: Awaited<ReturnType<typeof measureOverhead>>;
  queue: Awaited<ReturnType<typeof simulateQueue>>;
  memory: Awaited<ReturnType<typeof measureMemory>>;
}): Row[] {
  const { accept, overhead, queue, memory } = figures;
  return [
    { figure: 'accept a job, 20 clients: p50', value: accept.p50, unit: 'ms' },
    { figure: 'accept a job, 20 clients: p99', value: accept.p99, unit: 'ms', below: 100 },
    { figure: 'overhead, submit to stored: p50', value: overhead.overheadP50, unit: 'ms', below: 1_500 },
    {
      figure: 'permits used of permits possible',
      value: queue.permitsUsed / queue.permitsPossible,
      unit: '',
      atLeast: 0.93,
    },
    { figure: 'most submits in any 60 s', value: queue.mostInWindow, unit: '', atMost: 4 },
    { figure: '429 answers', value: queue.rateLimited, unit: '', atMost: 0 },
    { figure: 'jobs lost', value: queue.lost, unit: '', atMost: 0 },
    { figure: 'jobs doubled', value: queue.doubled, unit: '', atMost: 0 },
    { figure: '200 MB output: memory above idle', value: memory.aboveIdleMb, unit: 'MB', below: 150 },
  ];
}
