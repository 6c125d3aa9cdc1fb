import { gzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { type Gateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { it } from '#test/fixtures/shared-gateway.ts';
import { inTier } from '#test/fixtures/tier.ts';

const lines = inTier(3, 8);
let gateway: Gateway;
let s3: ReturnType<typeof localClients>['s3'];
it.beforeAll(({ gateway: shared }) => {
  gateway = shared;
  s3 = localClients(gateway.stack.description).s3;
});
afterAll(() => s3.destroy());

interface BatchView {
  batchId: string;
  status: string;
  counts: Record<string, number>;
  links: { self: string; jobs: string; reports: { jsonl: string; csv: string } };
}

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await gateway.call(url, { headers });
  return { status: response.status, body: (await response.json()) as BatchView & Record<string, unknown> };
};

/** Drops a file into the inbox of the caller's team and returns the links of its batch, which asking for it does not change. */
const drop = async (name: string, content: string | Buffer, caller: Record<string, string>) => {
  const Key = `inbox/${caller['x-local-caller']}/${name}`;
  await s3.send(new PutObjectCommand({ Bucket: stackNames.bucket, Key, Body: content }));
  const posted = await gateway.call('/batches', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...caller },
    body: JSON.stringify({ source: `s3://${stackNames.bucket}/${Key}` }),
  });
  return ((await posted.json()) as BatchView).links;
};

/** Lets dispatch look until the batch has ended; without schedules nobody else does. */
const untilEnded = (self: string, headers: Record<string, string> = {}): Promise<BatchView> =>
  vi.waitFor(
    async () => {
      await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
      const { body } = await get(self, headers);
      expect(['finished', 'refused']).toContain(body.status);
      return body;
    },
    { timeout: 150_000, interval: 500 },
  );

const reportOf = async (url: string, headers: Record<string, string> = {}): Promise<Record<string, unknown>[]> => {
  const redirect = await gateway.call(url, { headers });
  expect(redirect.status).toBe(302);
  const text = await (await fetch(redirect.headers.get('location') ?? '')).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

it('makes images of a file that a team drops, and reports on every line once', async ({ events }) => {
  const team = { 'x-local-caller': 'team-a' };
  const file = Array.from({ length: lines }, (_, index) =>
    JSON.stringify({ id: `line-${index + 1}`, body: { prompt: `picture ${index + 1}` } }),
  ).join('\n');
  const links = await drop('campaign.jsonl', file, team);

  const ended = await untilEnded(links.self, team);
  expect(ended).toMatchObject({ status: 'finished', counts: { succeeded: lines, unfinished: 0, rejected: 0 } });
  const report = await reportOf(links.reports.jsonl, team);
  expect(report.map(({ id }) => id)).toEqual(Array.from({ length: lines }, (_, index) => `line-${index + 1}`));
  expect(report.every(({ outputs }) => (outputs as string[]).length === 1)).toBe(true);
  // It is told once the end is written, and that can be read before.
  const told = () =>
    events.filter((event) => event['detail-type'] === 'Batch Ended' && event.detail['batchId'] === ended.batchId);
  await expect.poll(told).toHaveLength(1);
  expect((await get(links.self)).status).toBe(404);
});

it('makes images of a spreadsheet and of JSON with defaults, and names the bytes in S3', async () => {
  const team = { 'x-local-caller': 'team-b' };
  const csv = 'prompt,id,size.width,size.height\r\n"a ""red"" kite,\r\nover the sea",kite,1024,1024\r\n,few\r\n';
  const json = { requests: [{ id: 'a' }, { id: 'b', body: { prompt: 'b' } }], defaults: { body: { prompt: 'a' } } };
  const links = [
    await drop('campaign.csv.gz', gzipSync(csv), team),
    await drop('campaign.json', JSON.stringify(json), team),
  ];
  await Promise.all(links.map(({ self }) => untilEnded(self, team)));
  const rows: unknown[][] = [];
  const keys: string[] = [];
  for (const { reports } of links) {
    for (const { line, id, state, outputs } of await reportOf(reports.jsonl, team)) {
      rows.push([line, id, state]);
      keys.push(...(outputs as string[]));
    }
  }
  expect(rows).toEqual([
    [1, 'kite', 'succeeded'],
    [2, 'few', 'rejected'],
    [1, 'a', 'succeeded'],
    [2, 'b', 'succeeded'],
  ]);
  expect(keys).toHaveLength(3);
  for (const Key of keys) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: stackNames.bucket, Key }));
    expect(await Body?.transformToByteArray()).toHaveLength(withoutPictures.simulator?.outputBytes ?? 0);
  }
});
