import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { createServiceCalls, type ServiceCalls } from '#test/fixtures/service-calls.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

let gateway: Gateway;
let calls: ServiceCalls;
beforeAll(async () => {
  gateway = await startGateway({
    ...withoutPictures,
    services: ['indesign'],
    simulator: { ...withoutPictures.simulator, outputBytes: null },
  });
  calls = createServiceCalls(gateway);
});
afterAll(() => gateway?.close());

const files = z.array(z.object({ source: z.string(), destination: z.object({ url: z.url() }) }));

it('merges 250 records into 250 files, of which Adobe tells three pages and one is missing', async () => {
  const asset = async (name: string) => ({
    source: { url: await calls.putInput(name, `the content of ${name}`) },
    destination: name,
  });
  await simulatorControl(gateway.stack.description.firefly).addFault({
    fault: 'job',
    service: 'indesign',
    failedOutputs: 1,
    times: 1,
  });
  const { job, status, statusUrl } = await calls.run('/v3/merge-data', {
    assets: [await asset('a.indd'), await asset('data.csv')],
    params: {
      targetDocument: 'a.indd',
      dataSource: 'data.csv',
      outputFolderPath: 'out',
      recordRange: '1-250',
      pagesPerDocument: 1,
      outputMediaType: 'application/pdf',
    },
  });
  // The record has the first of them; the status has all.
  expect(job).toMatchObject({
    status: 'partially_succeeded',
    received: 249,
    warnings: [expect.any(String), expect.stringContaining('job.json')],
  });
  expect(status).toMatchObject({ status: 'partial_success', errors: [{ source: 'out/range1/a.pdf' }] });
  const outputs = files.parse(status['outputs']);
  expect(outputs.map(({ source }) => source)).toEqual(
    Array.from({ length: 249 }, (_, index) => `out/range${index + 2}/a.pdf`),
  );
  const last = await fetch(outputs[248]?.destination.url ?? '');
  expect(await last.text()).toContain('range250');

  const page = await calls.get(`${statusUrl}?size=100&page=2`);
  expect(files.parse(page['outputs']).map(({ source }) => source)).toEqual(
    Array.from({ length: 49 }, (_, index) => `out/range${index + 202}/a.pdf`),
  );
});
