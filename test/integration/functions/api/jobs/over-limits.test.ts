import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestKey } from '#shared/deployment/bucket.ts';
import type { JobOutput } from '#shared/jobs/job.ts';
import { abridge } from '#shared/jobs/stored-output.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ otherLanes: ['photoshop', 'av-templates'] });
});
afterAll(() => api.close());

const submit = async (path: string, body: object): Promise<string> => {
  const { statusCode, json } = await api.call({ method: 'POST', path, body: JSON.stringify(body) });
  expect(statusCode).toBe(202);
  return String(json['jobId']);
};

const put = (key: string, content: string): void => {
  api.recorded.objects.set(`outputs-bucket/${key}`, Buffer.from(content));
};

const buildOutput = (jobId: string, index: number, more: Partial<JobOutput> = {}): JobOutput => ({
  bucket: 'outputs-bucket',
  key: `outputs/2026/03/01/${jobId}/${index}.json`,
  sha256: '0'.repeat(64),
  bytes: 2,
  contentType: 'application/json',
  ...more,
});

const presign = ({ bucket, key }: JobOutput) => `https://s3.test/${bucket}/${key}?at=${api.clock.now()}`;

describe('embedded outputs', () => {
  /** Ends a manifest whose outputs Adobe embedded, each so many bytes long, and reads what its caller sees of them. */
  const present = async (encoding: 'json' | 'string' | 'base64', lengths: readonly number[], letter = 'x') => {
    const asked = lengths.map(() => ({ destination: { embedded: encoding }, mediaType: 'application/json' }));
    const jobId = await submit('/v2/generate-manifest', {
      image: { source: { url: 'https://example.com/a.psd' } },
      outputs: asked,
    });
    const outputs = lengths.map((bytes, index) => buildOutput(jobId, index, { bytes, isEmbedded: true }));
    for (const { key, bytes } of outputs) put(key, `"${letter.repeat(bytes - 2)}"`);
    const listed = asked.map(({ destination, mediaType }, $output) => ({
      destination: { ...destination, content: { $output, encoding } },
      mediaType,
    }));
    await api.end(jobId, { to: 'succeeded', outputs, result: { result: { outputs: listed } } });
    const { statusCode, json } = await api.call({ path: `/v2/status/${jobId}` });
    expect(statusCode).toBe(200);
    const { result } = json as { result: { outputs: { destination: Record<string, unknown> }[] } };
    return { outputs, seen: result.outputs.map(({ destination }) => destination) };
  };
  const limit = 256 * 1024;

  it.each([
    ['json', 'x'.repeat(limit - 2)],
    ['string', `"${'x'.repeat(limit - 2)}"`],
    ['base64', Buffer.from(`"${'x'.repeat(limit - 2)}"`).toString('base64')],
  ] as const)('of 256 KB stand in the status as %s', async (encoding, content) => {
    expect((await present(encoding, [limit])).seen).toEqual([{ embedded: encoding, content }]);
  });

  it('of one byte more have a URL in its place', async () => {
    const { outputs, seen } = await present('json', [limit + 1, 10]);
    expect(seen).toEqual([
      { embedded: 'json', url: presign(outputs[0] as JobOutput) },
      { embedded: 'json', content: 'x'.repeat(8) },
    ]);
  });

  it.each([
    [limit, { fonts: 'x'.repeat(limit - 12) }],
    [limit + 1, { url: expect.stringContaining('/0.json') }],
  ])('without a destination, of %i bytes, stand in their member or have their URL in it', async (bytes, seen) => {
    const jobId = await submit('/v1/templates/describe', { source: { url: 'https://b.s3.amazonaws.com/a.mogrt' } });
    const output = buildOutput(jobId, 0, { bytes, isEmbedded: true });
    put(output.key, JSON.stringify({ fonts: 'x'.repeat(bytes - 12) }));
    await api.end(jobId, {
      to: 'succeeded',
      outputs: [output],
      result: { output: { $output: 0, encoding: 'json' } },
    });
    const { json } = await api.call({ path: `/v1/status/${jobId}` });
    expect(json).toEqual({ jobId, status: 'succeeded', output: seen });
  });

  it('stand in the status up to 1 MB together', async () => {
    const { seen } = await present('json', [limit, limit, limit, limit, 10]);
    expect(seen.map((destination) => Object.keys(destination))).toEqual([
      ...Array.from({ length: 4 }, () => ['embedded', 'content']),
      ['embedded', 'url'],
    ]);
  });

  it('have their URLs where writing them takes more than an answer may have', async () => {
    // Each of these takes seven bytes in the text that a function returns.
    const { outputs, seen } = await present('string', [limit, limit, limit, limit], '\u0001');
    expect(seen).toEqual(outputs.map((output) => ({ embedded: 'string', url: presign(output) })));
  });
});

describe('a job of which its record has the beginning only', () => {
  /** Ends a job with so many outputs and a result that is long besides. */
  const end = async (count: number, text: string) => {
    const jobId = await submit('/v2/execute-actions', {
      image: { source: { url: 'https://example.com/a.psd' } },
      options: { actions: [{ source: { url: 'https://example.com/a.atn' } }] },
      outputs: [{ destination: { validityPeriod: 60 }, mediaType: 'image/jpeg', scriptOutputPattern: '*.jpg' }],
    });
    const outputs = Array.from({ length: count }, (_, index) => buildOutput(jobId, index));
    const listed = outputs.map((_, $output) => ({ destination: { url: { $output } } }));
    const whole = { result: { outputs: listed, text } };
    await api.end(jobId, abridge({ to: 'succeeded', outputs, result: { result: { outputs: listed.slice(0, 200) } } }));
    const job = await readJob(api.table, { jobId });
    expect(job.isAbridged).toBe(true);
    const writeManifest = () =>
      put(manifestKey(job), JSON.stringify({ result: whole, outputs: outputs.map(({ bucket: _, ...rest }) => rest) }));
    const readResult = async () => {
      const { statusCode, json, body } = await api.call({ path: `/v2/status/${jobId}` });
      expect(statusCode).toBe(200);
      // Lambda's limit, beyond which the caller would get a 500 without a reason.
      expect(JSON.stringify({ body }).length).toBeLessThan(6_000_000);
      return (json as { result: { outputs: { destination: { url: string } }[]; text?: string } }).result;
    };
    return { jobId, outputs, writeManifest, readResult };
  };

  it('is shown whole, out of job.json', async () => {
    const { jobId, outputs, writeManifest, readResult } = await end(230, 't'.repeat(100_000));
    writeManifest();
    const { outputs: seen, text } = await readResult();
    expect(text).toHaveLength(100_000);
    expect(seen.map(({ destination }) => destination.url)).toEqual(outputs.map(presign));
    const last = await api.call({ path: `/jobs/${jobId}/outputs/229` });
    expect(last).toMatchObject({ statusCode: 302, headers: { location: presign(outputs[229] as JobOutput) } });
    expect((await api.call({ path: `/jobs/${jobId}/outputs/230` })).json['message']).toContain('230 outputs');
  });

  it('says so in its record', async () => {
    const { jobId, writeManifest } = await end(230, '');
    writeManifest();
    const { json } = await api.call({ path: `/jobs/${jobId}` });
    expect(json['outputs']).toHaveLength(200);
    expect(json['warnings']).toContainEqual(expect.stringContaining('job.json'));
  });

  it.each([
    ['job.json is gone', 't', false],
    ['the whole is more than the gateway can answer', 't'.repeat(5_500_000), true],
    ['the whole becomes that much in the answer of a function', '"'.repeat(1_500_000), true],
  ])('is shown as far as its record goes where %s', async (_, text, hasManifest) => {
    const { outputs, writeManifest, readResult } = await end(230, text);
    if (hasManifest) writeManifest();
    const { outputs: seen, text: seenText } = await readResult();
    expect(seenText).toBeUndefined();
    expect(seen.map(({ destination }) => destination.url)).toEqual(outputs.slice(0, 200).map(presign));
  });
});
