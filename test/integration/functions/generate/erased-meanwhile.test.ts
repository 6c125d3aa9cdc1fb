import { afterAll, beforeAll, expect, it } from 'vitest';
import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import { removeItem } from '#shared/aws/table.ts';
import { outputsFolder } from '#shared/deployment/bucket.ts';
import { jobKey } from '#shared/deployment/tables.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { picture } from './four-outputs.ts';
import { type Servers, startServers, statusPath, success } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('outputs are stored no more once another execution has ended the job and its caller has erased it', async () => {
  const rig = await servers.rig();
  rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/a`, `${rig.storage.url}/b`));
  const accepted = await rig.accepted();
  rig.storage.script('GET', '/a', async () => {
    const { table } = rig.context;
    await removeItem(table, jobKey(accepted.jobId));
    return picture('the last one that was under way');
  });
  rig.storage.script('GET', '/b', picture('one that nobody would erase'));
  const { end } = await runDurably<TurnEnd>((durable) => runJob(durable, accepted, rig.context));
  expect(end).toEqual({ state: 'stale' });
  const left = [...(await rig.stored()).keys()].filter((key) => key.startsWith(outputsFolder(accepted)));
  expect(left).toEqual([`${outputsFolder(accepted)}0.jpg`]);
});
