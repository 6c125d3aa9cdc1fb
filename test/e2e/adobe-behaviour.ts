import { GetObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { readLineRequest } from '#functions/inbox/read/line-request.ts';
import { localClients } from '#local/clients.ts';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import type { Gateway, JobRecord } from '#test/fixtures/gateway.ts';
import { changeAdobe } from '#test/fixtures/shared-gateway.ts';

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
const size = { width: 1024, height: 1024 };
const customModelId = 'urn:aaid:sc:US:5f6c2d1e-0000-4000-8000-000000000001';

/** What was seen of a job: its record, and how often Adobe was asked for it. */
interface SeenJob {
  record: JobRecord;
  submits: number;
}

/** A gateway whose Adobe behaves as it was observed, and what tests ask of the two. */
export const observeAdobe = (gateway: Gateway) => {
  const { simulator } = gateway.stack;
  if (simulator === undefined) throw new Error('These tests need the simulator.');
  simulator.manner.set({ manner: 'observed' });
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const submitsTo = (path: string) => simulator.requests().filter((request) => request.path === path).length;
  const run = async (body: object, fault?: Fault): Promise<SeenJob> => {
    const before = submitsTo('/v3/images/generate-async');
    if (fault !== undefined) simulator.faults.add(fault);
    const record = await gateway.until(await gateway.submit({ prompt: 'a pier', size, ...body }));
    return { record, submits: submitsTo('/v3/images/generate-async') - before };
  };
  const readStored = async ({ outputs: [output] }: JobRecord): Promise<Buffer> => {
    const { s3 } = localClients(gateway.stack.description);
    const object = await s3.send(new GetObjectCommand({ Bucket: output?.bucket, Key: output?.key }));
    const bytes = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
    s3.destroy();
    return bytes;
  };
  /** Refused by the gateway itself: Adobe is not asked. */
  const refuse = async (body: object, headers?: Record<string, string>) => {
    const before = simulator.requests().length;
    const response = await post('/v3/images/generate-async', { prompt: 'a pier', ...body }, headers);
    expect([response.status, simulator.requests().length - before]).toEqual([422, 0]);
    return (await json(response))['validation_errors'];
  };
  return { gateway, simulator, post, submitsTo, run, readStored, refuse };
};

type Observed = ReturnType<typeof observeAdobe>;

/** One fact about Adobe's services, and what the gateway does about it. */
interface ObservedFact {
  fact: string;
  prove(observed: Observed): Promise<void>;
}

const refusals = ['prompt_unsafe', 'input_media_unsafe', 'output_media_unsafe', 'language_not_supported'] as const;

/** The facts of docs/adobe-behaviour.md in its order; those about IMS, new credentials and Google are proven where they are built. */
export const observedFacts: readonly ObservedFact[] = [
  {
    fact: 'the token of a call has expired, 401014: it is renewed, and the call is sent again',
    prove: async ({ run }) => {
      const fault = { fault: 'answer', status: 401, body: { error_code: '401014' }, path: 'generate-async', times: 1 };
      const { record, submits } = await run({}, fault as Fault);
      expect([record.status, submits]).toEqual(['succeeded', 2]);
    },
  },
  {
    fact: 'the synchronous V3 calls answer: the gateway serves them, by the asynchronous ones',
    prove: async ({ gateway, submitsTo }) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ prompt: 'a pier', size });
      const response = await gateway.ask('/v3/images/generate', { headers, body });
      expect([response.status, await json(response)]).toMatchObject([200, { size, outputs: [{}] }]);
      expect(submitsTo('/v3/images/generate')).toBe(0);
    },
  },
  {
    fact: 'customModelId without a custom model version is ignored: 422 that names the header, in lines of batches too',
    prove: async ({ refuse }) => {
      const named = { msg: expect.stringContaining('x-model-version: image3_custom or image4_custom') };
      const loc = ['body', 'customModelId'];
      expect(await refuse({ customModelId })).toMatchObject([{ loc, ...named }]);
      expect(await refuse({ customModelId }, { 'x-model-version': 'image4_ultra' })).toMatchObject([{ loc, ...named }]);
      const line = readLineRequest(JSON.stringify({ body: { prompt: 'a pier', customModelId } }), {}, Date.now());
      expect(line).toMatchObject({ error: { message: named.msg } });
    },
  },
  {
    fact: 'image3 takes ten sizes: 422 that names them, and no request is used',
    prove: async ({ refuse }) => {
      expect(await refuse({ size: { width: 1000, height: 1000 } })).toMatchObject([
        { loc: ['body', 'size'], msg: expect.stringMatching(/2048x2048.*2688x1512.*896x1152/) },
      ]);
    },
  },
  {
    fact: 'video: other sizes than the documented ones pass with a warning, and negativePrompt without one',
    prove: async ({ gateway, post }) => {
      const body = { prompt: 'a wave', negativePrompt: 'rain', sizes: [{ width: 1000, height: 500 }] };
      const accepted = await post('/v3/videos/generate', body, { 'x-model-version': 'video1_standard' });
      const record = await gateway.until(String((await json(accepted))['jobId']));
      expect(record.status).toBe('succeeded');
      expect(record['warnings']).toEqual([expect.stringContaining('1000x500')]);
    },
  },
  {
    fact: 'wrong fields are 400 bad_request at Adobe: the job fails with its words; the gateway itself answers 422',
    prove: async ({ run, refuse }) => {
      expect(await refuse({ numVariations: 9 })).toMatchObject([{ loc: ['body', 'numVariations'] }]);
      const validation_errors = [{ loc: ['body', 'prompt'], msg: 'no', type: 'value_error' }];
      const body = { error_code: 'bad_request', message: 'Bad request', validation_errors };
      const { record, submits } = await run(
        {},
        { fault: 'answer', status: 400, body, path: 'generate-async', times: 1 },
      );
      expect([record.status, record.error?.code, submits]).toEqual(['failed', 'bad_request', 1]);
    },
  },
  ...refusals.map(
    (fault): ObservedFact => ({
      fact: `${fault} is 422: the job fails with that code, and is never sent again`,
      prove: async ({ run }) => {
        const { record, submits } = await run({}, { fault, path: 'generate-async', times: 1 });
        expect([record.status, record.error?.code, submits]).toEqual(['failed', fault, 1]);
      },
    }),
  ),
  {
    fact: 'a job succeeds with fewer outputs than asked for: partially_succeeded, with requested and received',
    prove: async ({ run }) => {
      const { record } = await run({ numVariations: 2 }, { fault: 'job', filteredOutputs: 1, times: 1 });
      expect(record).toMatchObject({ status: 'partially_succeeded', requested: 2, received: 1 });
      expect(record.outputs).toHaveLength(1);
    },
  },
  {
    fact: 'a job succeeds without any output: it fails with a code of its own',
    prove: async ({ run }) => {
      const { record } = await run({}, { fault: 'job', filteredOutputs: 1, times: 1 });
      expect([record.status, record.error?.code]).toEqual(['failed', 'output_media_unsafe']);
    },
  },
  {
    fact: 'the same prompt, seed and size make other bytes: each job keeps its own',
    prove: async ({ run }) => {
      const [one, other] = await Promise.all([run({ seeds: [7] }), run({ seeds: [7] })]);
      expect([one.record.outputs[0]?.['seed'], other.record.outputs[0]?.['seed']]).toEqual([7, 7]);
      expect(one.record.outputs[0]?.sha256).not.toBe(other.record.outputs[0]?.sha256);
    },
  },
  {
    fact: 'numVariations is the number of seeds: outputs are counted from both',
    prove: async ({ run }) => {
      const { record } = await run({ seeds: [1, 2, 3] }, { fault: 'job', filteredOutputs: 1, times: 1 });
      expect(record).toMatchObject({ requested: 3, received: 2 });
    },
  },
  {
    fact: 'generate similar makes 2048 x 2048 without a size: none is sent',
    prove: async ({ gateway, post }) => {
      const source = { url: 'https://bucket.s3.us-east-1.amazonaws.com/a.png?X-Amz-Signature=1' };
      const restoreBytes = changeAdobe(gateway, { outputBytes: 64 });
      const accepted = await post('/v3/images/generate-similar-async', { image: { source } });
      const jobId = String((await json(accepted))['jobId']);
      await gateway.until(jobId);
      restoreBytes();
      const status = await json(await gateway.call(`/v3/status/${jobId}`));
      expect(status['result']).toMatchObject({ size: { width: 2048, height: 2048 } });
    },
  },
  {
    fact: 'notify and webhookUrl do nothing at Adobe: a warning names the webhooks of the gateway',
    prove: async ({ run }) => {
      const { record } = await run({ webhookUrl: 'https://example.com', notify: true });
      expect(record['warnings']).toEqual([
        expect.stringMatching(/webhookUrl.*POST \/webhooks/),
        expect.stringMatching(/notify.*POST \/webhooks/),
      ]);
    },
  },
  {
    fact: 'outputs carry Content Credentials and job ids are URNs: both are kept as they came',
    prove: async ({ simulator, run, readStored }) => {
      const { record } = await run({});
      expect((await readStored(record)).includes('c2pa')).toBe(true);
      expect(simulator.jobs().at(-1)?.jobId).toMatch(/^urn:ff:jobs:[a-z0-9]+:[0-9a-f-]{36}$/);
    },
  },
];
