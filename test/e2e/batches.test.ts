import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import type { BusEvent } from '#local/eventbridge.ts';
import { stackNames } from '#local/stack-settings.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

const lines = 120;
const events: BusEvent[] = [];
let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ ...withoutPictures, onEvent: (event) => events.push(event) });
});
afterAll(() => gateway.close());

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

/** Lets dispatch look until the batch has ended; without schedules nobody else does. */
const untilEnded = (self: string, headers: Record<string, string> = {}): Promise<BatchView> =>
  vi.waitFor(
    async () => {
      await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
      const { body } = await get(self, headers);
      expect(['finished', 'refused']).toContain(body.status);
      return body;
    },
    { timeout: 60_000, interval: 500 },
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

it('makes images of a file that a team drops, and reports on every line once', async () => {
  const team = { 'x-local-caller': 'team-a' };
  const file = Array.from({ length: lines }, (_, index) =>
    JSON.stringify({ id: `line-${index + 1}`, body: { prompt: `picture ${index + 1}` } }),
  ).join('\n');
  const { s3 } = localClients(gateway.stack.description);
  const Key = 'inbox/team-a/campaign.jsonl';
  await s3.send(new PutObjectCommand({ Bucket: stackNames.bucket, Key, Body: file }));
  s3.destroy();
  const posted = await gateway.call('/batches', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...team },
    body: JSON.stringify({ source: `s3://${stackNames.bucket}/${Key}` }),
  });
  const { links } = (await posted.json()) as BatchView;

  const ended = await untilEnded(links.self, team);
  expect(ended).toMatchObject({ status: 'finished', counts: { succeeded: lines, unfinished: 0, rejected: 0 } });
  const report = await reportOf(links.reports.jsonl, team);
  expect(report.map(({ id }) => id)).toEqual(Array.from({ length: lines }, (_, index) => `line-${index + 1}`));
  expect(report.every(({ outputs }) => (outputs as string[]).length === 1)).toBe(true);
  expect(events.filter((event) => event['detail-type'] === 'Batch Ended')).toHaveLength(1);
  expect((await get(links.self)).status).toBe(404);
});
