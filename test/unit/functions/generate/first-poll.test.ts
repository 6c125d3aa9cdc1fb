import { describe, expect, it } from 'vitest';
import { learnFirstPoll } from '#functions/generate/first-poll.ts';
import { createRandom } from '#test/fixtures/random.ts';

/** Follows jobs one after the other; polls after the first come at a sixth of its time, and growing. */
const follow = (jobs: number, tookMs: (index: number) => number, startMs: number) => {
  let firstMs = startMs;
  const polls: number[] = [];
  const late: number[] = [];
  for (let index = 0; index < jobs; index += 1) {
    const took = tookMs(index);
    let seenMs = firstMs;
    let count = 1;
    for (let delay = firstMs / 6; seenMs < took; delay *= 1.5) {
      seenMs += delay;
      count += 1;
    }
    polls.push(count);
    late.push(seenMs - took);
    firstMs = learnFirstPoll(firstMs, { firstMs, seenMs, isFirst: count === 1 });
  }
  const mean = (figures: number[]) => figures.reduce((sum, each) => sum + each, 0) / figures.length;
  return { firstMs, settledPolls: mean(polls.slice(20)), settledLateMs: mean(late.slice(20)) };
};

/** Times spread by so much around a mean. */
const spread = (meanMs: number, share: number) => {
  const random = createRandom(7);
  return () => meanMs * (1 + (random() * 2 - 1) * share);
};

describe('the first poll', () => {
  it.each([
    ['much sooner', 3_000],
    ['much later', 60_000],
  ])('comes when most jobs are done, though it began %s', (_, startMs) => {
    const { firstMs, settledPolls, settledLateMs } = follow(120, spread(15_000, 0.2), startMs);
    expect(firstMs).toBeGreaterThan(15_000);
    expect(firstMs).toBeLessThan(20_000);
    expect(settledPolls).toBeLessThan(1.4);
    expect(settledLateMs).toBeLessThan(startMs > 15_000 ? 8_000 : 3_500);
  });

  it('follows jobs that take longer or less long than they did', () => {
    const slower = spread(40_000, 0.1);
    const { firstMs } = follow(40, slower, 15_000);
    expect(firstMs).toBeGreaterThan(36_000);
    expect(follow(80, spread(5_000, 0.1), 40_000).firstMs).toBeLessThan(7_000);
  });

  it('stays where it is for many jobs that were under way at once and done by it', () => {
    let learnedMs = 100_000;
    for (let job = 0; job < 200; job += 1) {
      learnedMs = learnFirstPoll(learnedMs, { firstMs: 100_000, seenMs: 100_000, isFirst: true });
    }
    expect(learnedMs).toBeGreaterThan(90_000);
  });

  it('stays near most jobs where a few take ten times as long', () => {
    const random = createRandom(3);
    const few = () => (random() < 0.02 ? 150_000 : 15_000 * (0.9 + random() * 0.2));
    const { settledPolls, settledLateMs } = follow(400, few, 15_000);
    expect(settledPolls).toBeLessThan(1.6);
    expect(settledLateMs).toBeLessThan(4_000);
  });
});
