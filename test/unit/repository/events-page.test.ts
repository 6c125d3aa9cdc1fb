import { expect, it } from 'vitest';
import * as z from 'zod';
import { backoffSeconds } from '#functions/notify/backoff.ts';
import { eventSource } from '#shared/events/announcer.ts';
import { batchEnded, batchEndedEvent } from '#shared/events/batch-ended.ts';
import { budgetThresholdReached, budgetThresholdReachedEvent } from '#shared/events/budget-threshold-reached.ts';
import { jobEnded, jobEndedEvent } from '#shared/events/job-ended.ts';

import { webhookEventTypes } from '#shared/webhooks/webhook.ts';
import { read } from './repository.ts';

const page = read('docs/events.md');

/** The JSON below a heading. */
const exampleOf = (heading: string): unknown =>
  JSON.parse(page.split(`\n## ${heading}\n`)[1]?.split('```json\n')[1]?.split('```')[0] ?? '');

it('shows a job, a batch and a threshold as their schemas have them', () => {
  z.strictObject(jobEnded().shape).parse(exampleOf('A job'));
  z.strictObject(batchEnded().shape).parse(exampleOf('A batch'));
  z.strictObject(budgetThresholdReached().shape).parse(exampleOf('A budget'));
});

it('names every field', () => {
  for (const field of [
    ...Object.keys(jobEnded().shape),
    ...Object.keys(batchEnded().shape),
    ...Object.keys(budgetThresholdReached().shape),
  ]) {
    expect(page).toMatch(new RegExp(`["\`]${field}["\`]`));
  }
});

it('names the events, and what webhooks may be told of', () => {
  for (const name of [eventSource, jobEndedEvent, batchEndedEvent, budgetThresholdReachedEvent, ...webhookEventTypes]) {
    expect(page).toContain(`\`${name}\``);
  }
});

it('tells the pauses between the tries as they are', () => {
  const told = /after (.*?), then every (\d+) h/.exec(page);
  const unit = { s: 1, min: 60, h: 3_600 } as const;
  const pauses = told?.[1]?.split(', ').map((pause) => {
    const [count = '', name = ''] = pause.split(' ');
    return Number(count) * unit[name as keyof typeof unit];
  });
  const next = (index: number) => backoffSeconds({ index, elapsedMs: 0 }, 0);
  expect(pauses).toEqual((pauses ?? []).map((_, index) => next(index)));
  expect(Number(told?.[2]) * 3_600).toBe(next(pauses?.length ?? 0));
});
