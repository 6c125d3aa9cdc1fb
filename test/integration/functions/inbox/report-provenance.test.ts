import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Inspection } from '#shared/jobs/inspection.ts';
import { beginInspection, endInspection } from '#shared/jobs/inspection-store.ts';
import { jsonLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});

afterAll(() => servers?.close());

const valid = { state: 'valid', generator: 'A model', signer: 'Studio, Ltd.', aiGenerated: true } as const;

const readFile = async (settings: Partial<Rig['context']>): Promise<{ rig: Rig; batchId: string }> => {
  const rig = await servers.rig(settings);
  const batchId = await rig.drop('requests.jsonl', [jsonLine('a cat'), jsonLine('a dog')].join('\n'));
  await rig.dispatch();
  return { rig, batchId };
};

const inspect = async (
  { context: { table }, ...rig }: Rig,
  batchId: string,
  line: number,
  found: Pick<Inspection, 'thumbnail' | 'provenance'>,
): Promise<void> => {
  const job = await rig.job(batchId, line);
  const output = { jobId: job.jobId, index: 0 };
  const begun = await beginInspection(table, output, job);
  if (begun === undefined) throw new Error('It has been inspected.');
  await endInspection(table, output, { ...begun, ...found });
};

const provenanceOf = async (rig: Rig, batchId: string): Promise<unknown[]> =>
  (await rig.report(batchId)).map(({ provenance }) => provenance);

const cellsOf = async (rig: Rig, batchId: string): Promise<(string | undefined)[]> =>
  (await rig.csv(batchId))
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((row) => /,\d,,,,,1,,(.*)/.exec(row)?.[1]);

it('says in both reports of a batch what the content credentials are, with generator and signer', async () => {
  const { rig, batchId } = await readFile({ inspectionWaits: [1] });
  await rig.end(batchId, 1);
  await rig.end(batchId, 2);
  await inspect(rig, batchId, 1, { thumbnail: 'made', provenance: valid });
  await inspect(rig, batchId, 2, { thumbnail: 'unsupported' });
  expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
  expect(await provenanceOf(rig, batchId)).toEqual([[valid], undefined]);
  expect(await cellsOf(rig, batchId)).toEqual(['valid,A model,"Studio, Ltd."', ',,']);
});

it('waits for inspections that are under way, but not for ever: then it says that one is pending', async () => {
  const { rig, batchId } = await readFile({ inspectionWaits: [1] });
  await rig.end(batchId, 1);
  await rig.end(batchId, 2);
  const ending = rig.dispatch();
  const pending = [{ state: 'pending' }];
  await expect.poll(() => provenanceOf(rig, batchId).catch(() => [])).toEqual([pending, pending]);
  await inspect(rig, batchId, 1, { thumbnail: 'made', provenance: { state: 'none' } });
  expect(await ending).toEqual([{ state: 'finished' }]);
  expect(await provenanceOf(rig, batchId)).toEqual([[{ state: 'none' }], pending]);
  expect(await cellsOf(rig, batchId)).toEqual(['none,,', 'pending,,']);
  expect(await rig.batch(batchId)).toMatchObject({ counts: { succeeded: 2 } });
});

it('says nothing where outputs are not inspected', async () => {
  const { rig, batchId } = await readFile({});
  await rig.end(batchId, 1);
  await rig.end(batchId, 2);
  expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
  expect(await provenanceOf(rig, batchId)).toEqual([undefined, undefined]);
});
