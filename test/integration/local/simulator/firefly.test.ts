import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { type Accepted, clientOf, jsonOf, type Status } from './client.ts';
import { createTestClock } from './clock.ts';

describe('Firefly API', () => {
  let clock: ReturnType<typeof createTestClock>;
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  beforeEach(async () => {
    clock = createTestClock();
    simulator = await startSimulator({ clock, pendingMs: 1000, generationMs: 4000 });
    client = clientOf(simulator);
  });
  afterEach(() => simulator.close());

  const accept = async (body: object = {}): Promise<Accepted> => {
    const response = await client.generate({ prompt: 'a cat coding', ...body });
    expect(response.status).toBe(202);
    return jsonOf<Accepted>(response);
  };
  const statusOf = async (job: Accepted) => jsonOf<Status>(await client.get(job.statusUrl));

  it('accepts a request with a job id, URLs and a Link header', async () => {
    const response = await client.generate({ prompt: 'a cat coding' });
    expect(response.status).toBe(202);
    const { jobId, statusUrl, cancelUrl } = await jsonOf<Accepted>(response);
    expect(jobId).toMatch(/^urn:ff:jobs:[a-z0-9]+:[0-9a-f-]{36}$/);
    expect(statusUrl).toBe(`${simulator.url}/v3/status/${jobId}`);
    expect(cancelUrl).toBe(`${simulator.url}/v3/cancel/${jobId}`);
    expect(response.headers.get('link')).toContain(`<${statusUrl}>`);
  });

  it('takes a job from pending over running, with progress, to its result', async () => {
    const job = await accept({ seeds: [7, 8], size: { width: 64, height: 48 }, contentClass: 'art' });
    expect(await statusOf(job)).toEqual({ status: 'pending', jobId: job.jobId });
    clock.advance(2000);
    expect(await statusOf(job)).toEqual({ status: 'running', jobId: job.jobId, progress: 25 });
    clock.advance(3000);
    expect(await statusOf(job)).toEqual({
      status: 'succeeded',
      jobId: job.jobId,
      result: {
        size: { width: 64, height: 48 },
        contentClass: 'art',
        outputs: [7, 8].map((seed) => ({ seed, image: { url: expect.stringContaining(`${simulator.url}/outputs/`) } })),
      },
    });
  });

  it('draws its own seeds, one for each variation', async () => {
    const job = await accept({ numVariations: 3 });
    clock.advance(5000);
    const { result } = await statusOf(job);
    expect(new Set(result?.outputs.map(({ seed }) => seed)).size).toBe(3);
  });

  it('advertises the status and cancel URLs under another base, the outputs under its own', async () => {
    const advertise = 'http://127.0.0.1:4030';
    const other = await startSimulator({ clock, advertise, pendingMs: 0, generationMs: 0 });
    try {
      const { jobId, statusUrl, cancelUrl } = await jsonOf<Accepted>(await clientOf(other).generate({ prompt: 'x' }));
      expect([statusUrl, cancelUrl]).toEqual([`${advertise}/v3/status/${jobId}`, `${advertise}/v3/cancel/${jobId}`]);
      const { result } = await jsonOf<Status>(await clientOf(other).get(`${other.url}/v3/status/${jobId}`));
      expect(result?.outputs[0]?.image.url).toContain(`${other.url}/outputs/`);
    } finally {
      await other.close();
    }
  });

  it('cancels an unfinished job, once', async () => {
    const job = await accept();
    const response = await client.cancel(job.cancelUrl);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await statusOf(job)).toMatchObject({ status: 'cancelled', jobId: job.jobId });
    const again = await client.cancel(job.cancelUrl);
    expect([again.status, await again.json()]).toEqual([
      410,
      expect.objectContaining({ error_code: 'job_already_canceled' }),
    ]);
  });

  it('does not cancel a finished job', async () => {
    const job = await accept();
    clock.advance(5000);
    const response = await client.cancel(job.cancelUrl);
    expect([response.status, await response.json()]).toEqual([
      409,
      expect.objectContaining({ error_code: 'job_completed' }),
    ]);
  });

  it('tells unknown job ids from malformed ones', async () => {
    const unknown = await client.get(`${simulator.url}/v3/status/urn:ff:jobs:x1:11111111-1111-4111-8111-111111111111`);
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      expect.objectContaining({ error_code: 'unknown_job_id' }),
    ]);
    for (const id of ['nonsense', '%ZZ']) {
      const malformed = await client.get(`${simulator.url}/v3/status/${id}`);
      expect([malformed.status, await malformed.json()]).toEqual([
        422,
        expect.objectContaining({ error_code: 'validation_error' }),
      ]);
    }
  });

  it.each([
    [{ 'x-api-key': undefined }, 403, '403000'],
    [{ authorization: undefined }, 403, '403010'],
    [{ 'x-api-key': 'other' }, 403, '403003'],
    [{ authorization: 'Bearer nonsense' }, 401, '401013'],
  ])('refuses the headers %j', async (headers, status, code) => {
    const response = await client.generate({ prompt: 'x' }, headers);
    expect([response.status, await response.json()]).toEqual([
      status,
      { error_code: code, message: expect.any(String) },
    ]);
  });

  it('refuses a token without the Firefly scopes', async () => {
    const authorization = `Bearer ${await client.token({ scope: 'openid,AdobeID' })}`;
    const response = await client.generate({ prompt: 'x' }, { authorization });
    expect(await response.json()).toMatchObject({ error_code: '403011' });
  });

  it('refuses a token when it expires, and when all are ended', async () => {
    const authorization = `Bearer ${await client.token()}`;
    const statusNow = async () => (await client.generate({ prompt: 'x' }, { authorization })).status;
    clock.advance(86_399_999);
    expect(await statusNow()).toBe(202);
    clock.advance(1);
    expect(await statusNow()).toBe(401);
    const headers = await client.authorized();
    simulator.expireTokens();
    expect((await client.generate({ prompt: 'x' }, headers)).status).toBe(401);
    expect((await client.generate({ prompt: 'x' })).status).toBe(202);
  });

  it('refuses what is not a JSON body', async () => {
    simulator.settings.requestsPerMinute = 100;
    const other = await client.generate('prompt=x', { 'content-type': 'text/plain' });
    expect([other.status, await other.json()]).toEqual([
      415,
      expect.objectContaining({ error_code: 'invalid_content_type' }),
    ]);
    const empty = await client.generate('');
    expect([empty.status, await empty.json()]).toEqual([
      400,
      expect.objectContaining({ error_code: 'empty_input_body' }),
    ]);
    const broken = await client.generate('{"prompt":');
    expect([broken.status, await broken.json()]).toEqual([400, expect.objectContaining({ error_code: 'bad_request' })]);
    const big = await client.generate({ prompt: 'x'.repeat(2_000_000) });
    expect([big.status, big.headers.get('content-type')]).toEqual([413, 'text/html']);
  });

  it('names every invalid field', async () => {
    const response = await client.generate({ seeds: [1, 1], size: { width: 0 } }, { 'x-model-version': 'image9' });
    expect(response.status).toBe(422);
    const { error_code, validation_errors } = await jsonOf<{
      error_code: string;
      validation_errors: { loc: string[] }[];
    }>(response);
    expect(error_code).toBe('validation_error');
    expect(validation_errors.map(({ loc }) => loc.join('.'))).toEqual([
      'header.x-model-version',
      'body.prompt',
      'body.seeds',
      'body.size.width',
      'body.size.height',
    ]);
    expect(simulator.jobs()).toEqual([]);
  });

  describe('rate limit', () => {
    it('holds in any sliding 60 seconds, and refused requests do not count', async () => {
      for (const seconds of [0, 10, 10, 10]) {
        clock.advance(seconds * 1000);
        await accept();
      }
      clock.advance(29_500);
      const refused = await client.generate({ prompt: 'x' });
      expect([refused.status, await refused.json()]).toEqual([429, { error_code: 'rate_limited' }]);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('x-access-rate-limit-level')).toBe('org');
      clock.advance(500);
      await accept();
      expect((await client.generate({ prompt: 'x' })).headers.get('retry-after')).toBe('10');
      expect(
        simulator
          .requests()
          .filter(({ path }) => path.endsWith('generate-async'))
          .map(({ status }) => status),
      ).toEqual([202, 202, 202, 202, 429, 202, 429]);
    });

    it('names the time as HTTP date when switched to', async () => {
      Object.assign(simulator.settings, { requestsPerMinute: 1, retryAfterFormat: 'http-date' });
      await accept();
      const refused = await client.generate({ prompt: 'x' });
      expect(refused.headers.get('retry-after')).toBe(new Date(clock.now() + 60_000).toUTCString());
    });

    it('holds for the UTC day', async () => {
      simulator.settings.requestsPerDay = 1;
      await accept();
      clock.advance(3_600_000);
      expect((await client.generate({ prompt: 'x' })).headers.get('retry-after')).toBe(String(11 * 3600));
      clock.advance(11 * 3_600_000);
      await accept();
    });

    it('does not count status calls', async () => {
      const job = await accept();
      for (let call = 0; call < 10; call += 1) expect((await client.get(job.statusUrl)).status).toBe(200);
    });
  });
});
