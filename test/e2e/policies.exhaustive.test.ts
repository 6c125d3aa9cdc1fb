import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { systemClock } from '#shared/clock.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { it } from '#test/fixtures/shared-gateway.ts';

let gateway: Gateway;
let clients: ReturnType<typeof localClients>;
it.beforeAll(({ gateway: shared }) => {
  gateway = shared;
  clients = localClients(gateway.stack.description);
});
afterAll(() => {
  clients.s3.destroy();
  clients.tables.destroy();
});

it('holds a caller to its policy: words, priority and requests a day, which it can look up', async () => {
  const caller = `team-${crypto.randomUUID()}`;
  const deniedWords = `policies/${caller}.txt`;
  await clients.s3.send(
    new PutObjectCommand({ Bucket: stackNames.bucket, Key: deniedWords, Body: '# legal\nbig brand\n' }),
  );
  const table = { dynamoDb: clients.tables, tableName: stackNames.callerTable, clock: systemClock };
  await putPolicy(table, caller, { maxPriority: 'normal', requestsPerDay: 2, queuedJobs: 50, deniedWords });
  const headers = { 'x-local-caller': caller };

  const denied = await gateway.post({ prompt: 'a Big-Brand poster' }, headers);
  expect([denied.status, await denied.json()]).toMatchObject([422, { error_code: 'denied_word', rule: 'deniedWords' }]);

  const first = await gateway.post({ prompt: 'a kite' }, { ...headers, 'x-priority': 'high' });
  expect([first.status, await first.json()]).toMatchObject([
    202,
    { warnings: [expect.stringContaining('maxPriority')] },
  ]);
  expect((await gateway.post({ prompt: 'a fox' }, headers)).status).toBe(202);
  const third = await gateway.post({ prompt: 'a dog' }, headers);
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
  expect([third.status, await third.json()]).toMatchObject([429, { rule: 'requestsPerDay' }]);

  const me = await gateway.call('/callers/me', { headers });
  expect(await me.json()).toMatchObject({
    caller,
    policy: { maxPriority: 'normal', deniedWords },
    counts: { requestsPerDay: { limit: 2, used: 2 }, queuedJobs: { limit: 50 } },
  });
  expect(gateway.logLines.join('\n')).not.toMatch(/big.brand/i);
});
