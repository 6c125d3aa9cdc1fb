/** Answers of the API whose texts are as long as nobody writes them, and markup. */

export const id = '01a21a96-6b18-7253-8a0b-224abc885220';
export const long = '<img src=x onerror=alert(1)>'.padEnd(10_000, 'W');
export const at = '2026-03-01T12:00:00.000Z';

export const batch = {
  batchId: id,
  status: 'finished',
  priority: 'low',
  labels: { batch: long },
  lines: 3,
  counts: { unfinished: 0, succeeded: 1, partially_succeeded: 0, failed: 1, cancelled: 0, timed_out: 0, rejected: 1 },
  warnings: [long],
  createdAt: at,
  updatedAt: at,
  finishedAt: at,
  links: {},
};
export const lines = [
  { line: 1, id: long, status: 'succeeded', outputs: 1, cost: 1 },
  { line: 2, id: long, status: 'failed', outputs: 0, error: { code: long, message: long } },
];
export const webhook = {
  webhookId: id,
  url: `https://example.com/${long}`,
  description: long,
  events: ['job.ended'],
  status: 'enabled',
  createdAt: at,
  updatedAt: at,
};
export const delivery = {
  deliveryId: id,
  messageId: id,
  type: 'job.ended',
  status: 'failed',
  eventAt: at,
  attempts: [{ at, durationMs: 5, status: 500, answer: long }],
};
export const caller = { callerId: 'a', name: long, operator: false, disabled: false, createdAt: at, secrets: [] };
const waiting = { jobs: 1, jobsIsMinimum: false };
export const lane = {
  lane: 'firefly',
  waiting: { ...waiting, priorities: { high: waiting, normal: waiting, low: waiting } },
  permits: [{}],
  pauses: [{ reason: 'operator', advice: 'Resume it.', by: long, note: long }],
  requestsToday: { used: 1 },
  turnsGiven: 1,
};
export const health = {
  status: 'degraded',
  version: '1',
  problems: ['queue_paused'],
  token: { state: 'ok', secondsLeft: 5 },
  services: [{ service: 'firefly', title: 'Firefly', advice: long }],
  lanes: [],
  rotation: {
    state: 'failed',
    lastRotationFailed: true,
    error: { code: 'x', message: long },
    foreignSecretUuids: [long],
  },
};
const sums = { jobs: 1, outputs: 1, cost: 1 };
export const usage = {
  from: '2026-03-01',
  to: '2026-03-02',
  unit: 'operations',
  usage: [{ caller: long, ...sums }],
  total: sums,
};
export const entry = {
  entryId: id,
  at,
  changeId: id,
  actorKind: 'caller',
  actor: long,
  action: 'queue paused',
  object: { caller: long },
  outcome: 'done',
};

export const erasure = {
  erasureId: id,
  caller: long,
  status: 'erasing',
  requestedAt: at,
  updatedAt: at,
  by: long,
  waitsFor: 3,
};
