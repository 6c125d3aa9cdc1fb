import { expect } from 'vitest';
import { completeGrace, dailyRunHour } from '#shared/deployment/rotation-schedule.ts';
import { type MetricName, metricNames } from '#shared/metrics.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { expectSettled } from './invariants.ts';
import type { CrashPoint } from './side-effects.ts';
import { createWorld, hourMs, type Outcome, type World } from './world.ts';

const minuteMs = 60_000;
const dayMs = 24 * hourMs;

/** What a calendar is run with. */
export interface CalendarOptions {
  rotationDays: number;
  /** How many rotations come due. */
  rotations: number;
  seed: number;
  /** How often in a row Secrets Manager and the scheduler may meet a crash; they try once more after it. */
  crashesInRow: number;
  /** The share of rotations that Secrets Manager gives up after its crashes, for the daily run to make up for. */
  givenUp?: number;
}

/** What happened. */
export interface CalendarReport {
  rotations: number;
  crashes: number;
  /** How often an alarm about a failed rotation went off. */
  failures: number;
  /** How often an alarm about a previous secret in use went off. */
  stillInUse: number;
  /** The minutes at which token and secrets were checked. */
  minutes: number;
  world: World;
}

/** Holds at every minute. The world itself watches the token at every call in between. */
const expectMinute = ({ adobe, store, hasValidToken, clock }: World): void => {
  const at = new Date(clock.now()).toISOString();
  if (!hasValidToken()) throw new Error(`${at}: generation has no valid token`);
  const value = store.current()?.credentials?.clientSecret;
  if (!adobe.secrets.some((secret) => secret.value === value)) throw new Error(`${at}: the stored secret is not valid`);
  if (adobe.secrets.length > 2) throw new Error(`${at}: more than two secrets`);
};

/**
 * Lives through the rotations of an interval minute by minute: Secrets Manager rotates at some minute of the first hour of a
 * day, the daily run comes at its hour, the token refresh every hour. Processes die at random side effects.
 */
export const runCalendar = async (options: CalendarOptions): Promise<CalendarReport> => {
  const { rotationDays, rotations: due, seed, crashesInRow, givenUp = 0 } = options;
  const { secretGraceHours, secretUnusedHours } = completeGrace({ rotationDays });
  const world = createWorld({
    revokesTokens: true,
    policy: {
      graceMs: secretGraceHours * hourMs,
      unusedMs: secretUnusedHours * hourMs,
      rotationIntervalMs: rotationDays * dayMs,
    },
  });
  const { clock, store, metrics } = world;
  const random = createRandom(seed);
  const start = Math.ceil(clock.now() / dayMs) * dayMs;
  const versions = new Set([store.current()?.versionId]);
  let crashes = 0;
  let minutes = 0;

  /** Moves the clock on to a time, unless a run has taken it beyond. */
  const liveUntil = async (time: number) => {
    while (clock.now() < time) {
      clock.advance(Math.min(minuteMs, time - clock.now()));
      minutes += 1;
      if (minutes % 60 === 0) await world.refreshWhenDue();
      expectMinute(world);
    }
  };

  const randomCrash = (): CrashPoint => ({
    index: Math.floor(random() * 30),
    when: random() < 0.5 ? 'before' : 'after',
  });

  /** Runs something again some minutes after each crash, as its caller does, and at last without one. */
  const persist = async (run: (crash?: CrashPoint) => Promise<Outcome<unknown>>, givesUp: boolean) => {
    for (let left = crashesInRow; left > 0; left -= 1) {
      const outcome = await run(randomCrash());
      versions.add(store.current()?.versionId);
      expectMinute(world);
      if (outcome.ok) return;
      crashes += 1;
      await liveUntil(clock.now() + Math.ceil(random() * 10) * minuteMs);
    }
    if (givesUp) return;
    const outcome = await run();
    if (!outcome.ok) throw outcome.error;
  };

  await world.refreshToken();
  for (let day = 1; day <= due * rotationDays; day += 1) {
    const midnight = start + day * dayMs;
    if (day % rotationDays === 0) {
      await liveUntil(midnight + Math.floor(random() * 60) * minuteMs);
      const token = world.openRotation();
      await persist((crash) => world.attempt(token, crash), random() < givenUp);
      versions.add(store.current()?.versionId);
    }
    await liveUntil(midnight + dailyRunHour * hourMs);
    await persist((crash) => world.daily(crash), false);
    versions.add(store.current()?.versionId);
    expectSettled(world);
    world.logged.length = 0;
  }
  await liveUntil(start + due * rotationDays * dayMs + dayMs - minuteMs);
  expect(world.withoutToken).toEqual([]);

  const count = (metric: MetricName) => metrics.filter(([name]) => name === metric).length;
  const failures = count(metricNames.rotationFailed);
  const stillInUse = count(metricNames.previousSecretStillInUse);
  return { rotations: versions.size - 1, crashes, failures, stillInUse, minutes, world };
};
