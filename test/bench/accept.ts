import { fileURLToPath } from 'node:url';
import { startStack } from '#local/stack.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { median, type Section } from './table.ts';

const request = JSON.stringify({ prompt: 'a field of tulips', size: { width: 1024, height: 1024 } });

/** How long it takes to accept a request, in ms, and the CPU of all that takes part, the clients included, in ms a request. */
interface AcceptFigures {
  p50: number;
  p99: number;
  cpuMs: number;
}

/** The gateway beside the least that accepts a request, in the same front and sandboxes, in turns. */
interface AcceptComparison {
  gateway: AcceptFigures;
  peer: AcceptFigures;
  /** Medians of the rounds: the gateway divided by its peer. */
  p50Ratio: number;
  p99Ratio: number;
  cpuRatio: number;
}

const percentile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;

/** Posts so many requests, some clients one after the other each. */
const postMany = async (gateway: string, requests: number, concurrency: number): Promise<AcceptFigures> => {
  const times: number[] = [];
  let left = requests;
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        const start = performance.now();
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${gateway}/v3/images/generate-async`, { method: 'POST', headers, body: request });
        const text = await answer.text();
        if (answer.status !== 202) throw new Error(`Expected 202, got ${answer.status}: ${text}`);
        times.push(performance.now() - start);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1_000 / requests;
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), cpuMs };
};

/**
 * Measures accepting while a number of clients post one after the other. The functions are warm, and with one permit a minute
 * the jobs themselves stay in the queue.
 */
const compareAccept = async ({ rounds = 9, requests = 200, concurrency = 20 } = {}): Promise<AcceptComparison> => {
  const settings = { requestsPerMinute: 1, apiConcurrency: 2, callerRequestsPerSecond: 10_000 };
  const handlers = await bundledFunctions();
  const api = fileURLToPath(new URL('./peer-handler.ts', import.meta.url));
  const gateway = await startStack({ settings, handlers, schedules: false });
  const peer = await startStack({ settings, handlers: { ...handlers, api }, schedules: false });
  try {
    const run = ({ description }: typeof gateway) => postMany(description.gateway, requests, concurrency);
    for (let warm = 0; warm < 2; warm += 1) for (const stack of [gateway, peer]) await run(stack);
    const measured: Record<'gateway' | 'peer', AcceptFigures[]> = { gateway: [], peer: [] };
    for (let round = 0; round < rounds; round += 1) {
      measured.gateway.push(await run(gateway));
      measured.peer.push(await run(peer));
    }
    const summarise = (of: 'gateway' | 'peer'): AcceptFigures => ({
      p50: median(measured[of].map(({ p50 }) => p50)),
      p99: median(measured[of].map(({ p99 }) => p99)),
      cpuMs: median(measured[of].map(({ cpuMs }) => cpuMs)),
    });
    const divide = (figure: keyof AcceptFigures): number =>
      median(measured.gateway.map((own, round) => own[figure] / (measured.peer[round]?.[figure] ?? Number.NaN)));
    return {
      gateway: summarise('gateway'),
      peer: summarise('peer'),
      p50Ratio: divide('p50'),
      p99Ratio: divide('p99'),
      cpuRatio: divide('cpuMs'),
    };
  } finally {
    await Promise.all([gateway.close(), peer.close()]);
  }
};

/** Accepting beside its peer. */
export const acceptSection: Section = {
  name: 'accept',
  title: 'accepting jobs from 20 clients, and the least that accepts them, in turns (half a minute)',
  measure: async () => {
    const figures = await compareAccept();
    const { gateway, peer } = figures;
    return {
      figures,
      rows: [
        { figure: 'accept a job, 20 clients: p50', value: gateway.p50, unit: 'ms' },
        { figure: 'accept a job, 20 clients: p99', value: gateway.p99, unit: 'ms' },
        { figure: 'zod and one put: p50', value: peer.p50, unit: 'ms' },
        { figure: 'zod and one put: p99', value: peer.p99, unit: 'ms' },
        { figure: 'CPU of accepting a job', value: gateway.cpuMs, unit: 'ms' },
        { figure: 'CPU of zod and one put', value: peer.cpuMs, unit: 'ms' },
        { figure: 'accept: p50 divided by the peer', value: figures.p50Ratio, unit: '', atMost: 1.5 },
        { figure: 'accept: p99 divided by the peer', value: figures.p99Ratio, unit: '', atMost: 2 },
        { figure: 'accept: CPU divided by the peer', value: figures.cpuRatio, unit: '', atMost: 1.75 },
      ],
    };
  },
};
