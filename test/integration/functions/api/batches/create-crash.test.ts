import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchIdsOfCaller, getBatch } from '#shared/batches/batch-store.ts';
import { dueBatches, leaseMs } from '#shared/batches/open-batches.ts';
import { startApi, type TestApi } from '../fixture.ts';
import { recordingStore } from '../objects-in-memory.ts';

let api: TestApi;
/** How the next put into S3 ends. */
let fate: 'dies before' | 'dies after' | undefined;
beforeAll(async () => {
  api = await startApi({
    objects: {
      put: async (key, body, contentType) => {
        const died = fate;
        fate = undefined;
        if (died === 'dies before') throw new Error('Dead.');
        const stored = await recordingStore(api.recorded, api.clock).put(key, body, contentType);
        if (died === 'dies after') throw new Error('Dead.');
        return stored;
      },
    },
  });
});
afterAll(() => api.close());

const post = (key: string, body = '{"body":{"prompt":"a cat"}}') =>
  api.call({
    method: 'POST',
    path: '/batches',
    body,
    headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
  });

const listBatches = async (): Promise<string[]> => {
  const ids: string[] = [];
  for await (const batchId of batchIdsOfCaller(api.table, 'alice')) ids.push(batchId);
  return ids;
};

const due = async (): Promise<string[]> => {
  const ids: string[] = [];
  for await (const page of dueBatches(api.table, 100)) ids.push(...page.map(({ batch }) => batch.batchId));
  return ids;
};

describe.each(['dies before', 'dies after'] as const)('a process that %s it has put a posted batch into S3', (when) => {
  it('leaves a record that leads to the requests, and that nothing reads yet', async () => {
    const before = await listBatches();
    fate = when;
    expect((await post(`unrepeated ${when}`)).statusCode).toBe(500);
    const [batchId = ''] = (await listBatches()).filter((id) => !before.includes(id));
    const key = `batches/${batchId}/input.jsonl`;
    expect(await getBatch(api.table, batchId)).toMatchObject({ state: 'reading', source: { key } });
    expect(api.recorded.objects.has(`outputs-bucket/${key}`)).toBe(when === 'dies after');
    expect(await due()).not.toContain(batchId);
    api.clock.advance(leaseMs);
    expect(await due()).toContain(batchId);
  });

  it('costs a repeated call nothing', async () => {
    fate = when;
    expect((await post(`repeated ${when}`)).statusCode).toBe(500);
    expect((await post(`repeated ${when}`, '{"body":{"prompt":"a dog"}}')).statusCode).toBe(422);
    const { statusCode, json } = await post(`repeated ${when}`);
    expect(statusCode).toBe(202);
    const batchId = String(json['batchId']);
    expect(json['source']).toMatchObject({ key: `batches/${batchId}/input.jsonl`, versionId: 'v1' });
    expect(String(api.recorded.objects.get(`outputs-bucket/batches/${batchId}/input.jsonl`))).toContain('a cat');
    expect(await due()).toContain(batchId);
  });
});

it('calls with one key at once make one batch, whose requests are those of one call', async () => {
  const bodies = Array.from({ length: 6 }, (_, index) => `{"body":{"prompt":"number ${index % 2}"}}`);
  const answers = await Promise.all(bodies.map((body) => post('at once', body)));
  const accepted = answers.flatMap(({ statusCode, json }, index) =>
    statusCode === 202 ? [{ batchId: String(json['batchId']), body: bodies[index] }] : [],
  );
  expect(accepted).toHaveLength(3);
  const [first] = accepted;
  expect(new Set(accepted.map(({ batchId, body }) => `${batchId} ${body}`)).size).toBe(1);
  expect(String(api.recorded.objects.get(`outputs-bucket/batches/${first?.batchId}/input.jsonl`))).toBe(first?.body);
  expect(await getBatch(api.table, String(first?.batchId))).toMatchObject({ source: { versionId: 'v1' } });
});
