/**
 * How often a page asks again, in ms, while it is looked at: a hidden tab asks nothing. What each costs is in docs/console.md.
 */
export const polling = {
  /** A batch whose jobs run, a webhook whose message is on its way. */
  moving: 3_000,
  /** Lists with something that moves, and the queue. */
  list: 10_000,
  /** The state of the gateway. */
  health: 30_000,
} as const;
