import type { Clock } from '#shared/clock.ts';

/** A durable wait lasts whole seconds, so it is rounded up: too early would be refused by the fence. */
export const secondsUntil = (submitAt: number, clock: Clock): number =>
  Math.max(0, Math.ceil((submitAt - clock.now()) / 1000));
