import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { beginInspection, takeBackInspection } from '#shared/jobs/inspection-store.ts';
import { readJob, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { loseAnswers } from '#test/fixtures/lost-answers.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

describe('an inspection that is taken back', () => {
  let clock: ManualClock;
  let table: Table;
  let output: { jobId: string; index: number };
  beforeEach(async () => {
    clock = createManualClock();
    table = await dynamoDb.table(clock);
    output = { jobId: (await enqueue(createLane(table))).jobId, index: 0 };
  });

  const begin = async () => {
    const begun = await beginInspection(table, output, await readJob(table, output));
    if (begun === undefined) throw new Error('It has not begun.');
    return begun;
  };
  const countAttempts = async () => (await readJob(table, output)).inspections?.['output0']?.attempts;

  it('counts one attempt less where the answer to that is lost', async () => {
    await begin();
    await begin();
    const begun = await begin();
    const { own, client } = dynamoDb.reconnect(table);
    const lost = loseAnswers(client, { times: 1, matches: ({ name }) => name === 'UpdateItemCommand' });
    await takeBackInspection(own, output, begun);
    expect(lost()).toBe(1);
    expect(await countAttempts()).toBe(2);
  });

  it('leaves what another one has counted since', async () => {
    const begun = await begin();
    await takeBackInspection(table, output, begun);
    await clock.advance(1);
    await begin();
    await takeBackInspection(table, output, begun);
    expect(await countAttempts()).toBe(1);
  });
});
