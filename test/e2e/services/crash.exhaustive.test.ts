import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { type CrashPoint, type CrashRig, crashPoints } from '#test/fixtures/crash-rig.ts';
import { type RigPool, startRigPool } from '#test/fixtures/rig-pool.ts';
import { createServiceCalls } from '#test/fixtures/service-calls.ts';
import { type Life, recordLife, surviveCrash } from '../crash-generate.ts';
import {
  deliveredLife,
  destinationName,
  isAtSubstance,
  startServicesRig,
  substanceLife,
  taggingLife,
} from './crash.ts';

let pool: RigPool;
beforeAll(async () => {
  pool = await startRigPool(2, startServicesRig);
});
afterAll(() => pool.close());

const lives: [string, Life][] = [
  ['Substance 3D', substanceLife],
  ['Content Tagging', taggingLife],
  ['InDesign, to a destination of the caller', deliveredLife],
];

describe.concurrent('the life of a job', () => {
  it.each(lives)('has these effects with %s, so that a new one without a crash test is noticed', (_, life) =>
    // On a busy machine a service may need longer than until the first poll, and then there is one more.
    pool.use((rig) =>
      vi.waitFor(async () => expect(await recordLife(rig, life)).toEqual(life.effects), { timeout: 150_000 }),
    ),
  );
});

describe.concurrent.each(lives.slice(0, 2))('generate, killed around each effect of a job of %s', (_, life) => {
  it.each(crashPoints(life.effects))('$fate of effect $index ($effect)', (point) =>
    pool.use(async (rig) => {
      await surviveCrash(rig, life, point);
    }),
  );
});

describe.concurrent('Substance 3D, which has forgotten the job when generate is back', () => {
  const forget = ({ gateway }: CrashRig, ms: number | null) =>
    Object.assign(gateway.stack.simulator?.settings ?? {}, { statusLifetimeMs: ms });

  it.each(
    crashPoints(substanceLife.effects).filter(({ index }) => index > substanceLife.effects.indexOf('substance POST')),
  )('$fate of effect $index ($effect)', (point) =>
    pool.use(async (rig) => {
      const meanwhile = () => forget(rig, 0);
      try {
        const job = await surviveCrash(rig, substanceLife, point, { meanwhile, isForgotten: isAtSubstance });
        if (job.error === undefined) return;
        const status = await createServiceCalls(rig.gateway).get(`/v1/jobs/${job.jobId}`);
        expect(status).toMatchObject({ status: 'failed', error: job.error.message });
      } finally {
        forget(rig, null);
      }
    }),
  );
});

describe.concurrent("generate, killed around the delivery to a caller's own destination", () => {
  const { effects } = deliveredLife;
  const put = effects.indexOf('destination PUT');
  const points: CrashPoint[] = [
    { index: put, fate: 'crash before' },
    ...[put - 2, put - 1, put, put + 1, put + 2].map((index): CrashPoint => ({ index, fate: 'crash after' })),
  ];

  it.each(points)('$fate of effect $index: the same bytes there, and one end', (point) =>
    pool.use(async (rig) => {
      const { readObject } = createServiceCalls(rig.gateway);
      const key = `${uploadsFolder('local')}${destinationName}`;
      const before = rig.deliveries(key).length;
      const job = await surviveCrash(rig, deliveredLife, point);
      expect(job.warnings).toEqual([]);
      const stored = await readObject(job.outputs[0]?.key ?? '');
      expect(await readObject(key)).toEqual(stored);
      // What was written, or begun, is written again with the same bytes, and no third time.
      const bodies = rig.deliveries(key).slice(before);
      expect(bodies).toHaveLength(point.index === put ? 2 : 1);
      for (const body of bodies) expect(body.equals(stored)).toBe(true);
    }),
  );
});
