/** What AWS bills for a job, each in the unit of its price. */
export const priced = [
  'durableOperations',
  'durableGigabytes',
  'gigabyteSeconds',
  'invocations',
  'traces',
  'writeUnits',
  'readUnits',
  'apiRequests',
  'puts',
  'gets',
  'logGigabytes',
  'events',
] as const;

export type Quantities = Record<(typeof priced)[number], number>;

const million = 1_000_000;

/** List prices of us-east-1 of mid-2026 in US$, without free tiers; docs/costs.md names them. */
export const prices: Quantities = {
  durableOperations: 8 / million,
  durableGigabytes: 0.25,
  // arm64
  gigabyteSeconds: 0.0000133334,
  invocations: 0.2 / million,
  traces: 5 / million,
  writeUnits: 0.625 / million,
  readUnits: 0.125 / million,
  apiRequests: 1 / million,
  puts: 5 / million,
  gets: 0.4 / million,
  logGigabytes: 0.5,
  events: 1 / million,
};

/** The parts of the table in docs/costs.md, in its order. */
export const parts = {
  'Lambda, durable operations': ['durableOperations', 'durableGigabytes'],
  'Lambda, time': ['gigabyteSeconds', 'invocations'],
  DynamoDB: ['writeUnits', 'readUnits'],
  'HTTP API': ['apiRequests'],
  S3: ['puts', 'gets'],
  'CloudWatch Logs': ['logGigabytes'],
  EventBridge: ['events'],
  'X-Ray': ['traces'],
} as const satisfies Record<string, readonly (keyof Quantities)[]>;

/** What so much of each costs, in US$. */
export const priceOf = (quantities: Quantities, names: readonly (keyof Quantities)[] = priced): number =>
  names.reduce((sum, name) => sum + quantities[name] * prices[name], 0);

/**
 * What a run on one machine cannot tell of AWS: how long functions wait there for others. In seconds; the rest of a function's time is
 * what its invocations and calls are many times.
 */
export const assumedSeconds = {
  /** One invocation by itself: its start in a warm sandbox, its end, and its share of cold starts. */
  invocation: {
    api: 0.02,
    dispatch: 0.1,
    generate: 0.1,
    notify: 0.1,
  },
  /** A call of DynamoDB, EventBridge, Secrets Manager or Lambda, checkpoints included. */
  call: 0.008,
  /** A request to S3 or its storage of 1 MB. */
  storage: 0.1,
  /** Adobe's answer to a submit or a poll. */
  adobe: 0.5,
  /** Fetching 1 MB from Adobe. */
  download: 0.5,
} as const;

/** Lambda's own three lines of an invocation, and the line of the access log of a request, in bytes. */
export const assumedBytes = { invocationLines: 350, accessLine: 450, perEvent: 26 } as const;
