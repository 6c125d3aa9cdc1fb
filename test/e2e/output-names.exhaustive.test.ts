import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { it } from '#test/fixtures/shared-gateway.ts';

let gateway: Gateway;
let s3: ReturnType<typeof localClients>['s3'];
it.beforeAll(({ gateway: shared }) => {
  gateway = shared;
  s3 = localClients(gateway.stack.description).s3;
});
afterAll(() => s3.destroy());

const read = async (Key: string): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stackNames.bucket, Key }));
  return (await Body?.transformToString()) ?? '';
};

const list = async (Prefix: string): Promise<string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: stackNames.bucket, Prefix }));
  return Contents.map(({ Key = '' }) => Key);
};

it('puts the images of a dropped table where its metadata say, one folder for the batch, and erases them one by one', async () => {
  const team = { 'x-local-caller': 'team-names' };
  const name = `${crypto.randomUUID()}.csv`;
  const Metadata = { 'output-name': '{sku}-{Gr%C3%B6%C3%9Fe}' };
  const Body = 'sku,Größe,prompt,numVariations\nA/17,klein,a kite,\nA/17,klein,a dog,\nB.2,groß,a fox,2\n';
  const Key = `inbox/team-names/${name}`;
  await s3.send(new PutObjectCommand({ Bucket: stackNames.bucket, Key, Body, Metadata }));

  const report = await vi.waitFor(
    async () => {
      await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
      const receipt: { reports: { jsonl: string } } = JSON.parse(
        await read(`batches/receipts/team-names/${name}.json`),
      );
      const text = await read(receipt.reports.jsonl);
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { state: string; jobId: string; outputs: string[]; links: string[] });
    },
    { timeout: 150_000, interval: 500 },
  );
  expect(report.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  const keys = report.flatMap(({ outputs }) => outputs);
  const folder = keys[0]?.slice(0, keys[0].lastIndexOf('/') + 1) ?? '';
  expect(keys).toEqual(
    ['A-17-klein.jpg', 'A-17-klein-2.jpg', 'B-2-groß-1.jpg', 'B-2-groß-2.jpg'].map((file) => `${folder}${file}`),
  );
  expect((await list(folder)).toSorted()).toEqual(keys.toSorted());

  const [first, , third] = report;
  const image = await gateway.call(`/jobs/${third?.jobId}/outputs/1`, { headers: team });
  expect((await fetch(image.headers.get('location') ?? '')).status).toBe(200);

  const erased = await gateway.call(`/jobs/${first?.jobId}`, { method: 'DELETE', headers: team });
  expect(erased.status).toBe(204);
  expect((await list(folder)).toSorted()).toEqual(keys.slice(1).toSorted());
});
