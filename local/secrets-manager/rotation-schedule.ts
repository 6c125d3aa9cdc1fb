import * as z from 'zod';
import type { RotationRules } from './secret.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** RotationRules as the API takes them: days or a schedule expression, not both; the window is kept but not used. */
export const rotationRules = z
  .object({
    AutomaticallyAfterDays: z.int().min(1).max(1000).optional(),
    Duration: z
      .string()
      .regex(/^\d{1,2}h$/, 'such as 3h')
      .optional(),
    ScheduleExpression: z
      .string()
      .regex(/^(rate\([1-9]\d{0,3} (hours?|days?)\)|cron\(.+\))$/, 'rate(n hours), rate(n days) or cron(...)')
      .optional(),
  })
  .refine((rules) => rules.AutomaticallyAfterDays === undefined || rules.ScheduleExpression === undefined, {
    message: 'AutomaticallyAfterDays and ScheduleExpression exclude each other',
  });

/**
 * The time from one rotation to the next in milliseconds; undefined without a schedule and for cron expressions, which
 * this stand-in stores but does not plan.
 */
export const rotationIntervalMs = (rules: RotationRules): number | undefined => {
  if (rules.AutomaticallyAfterDays !== undefined) return rules.AutomaticallyAfterDays * dayMs;
  const rate = /^rate\((\d+) (hour|day)/.exec(rules.ScheduleExpression ?? '');
  return rate ? Number(rate[1]) * (rate[2] === 'hour' ? hourMs : dayMs) : undefined;
};
