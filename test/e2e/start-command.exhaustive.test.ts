import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '#local/simulator/simulator.ts';
import { runStart } from '#test/fixtures/start-command.ts';

describe('npm start', () => {
  it('names the sources of an unexpected error', async () => {
    const breaking = 'data:text/javascript,process.umask=()=>{throw(new(RangeError))}';
    const directory = await mkdtemp(join(tmpdir(), 'sources-'));
    const command = runStart(['--data', join(directory, 'data'), '--port', '0'], {
      NODE_OPTIONS: `--import=${breaking}`,
    });
    expect(await command.exited).toBe(1);
    expect(command.stderr.join('\n')).toMatch(
      /RangeError\n(.*\n)*.*at openData \(local\/cli\/run-gateway\.ts:\d+:\d+\)/,
    );
    await rm(directory, { recursive: true });
  });

  it('makes one image with another server and ends with --once: two lines on stdout and nothing else', async () => {
    const simulator = await startSimulator({ pendingMs: 0, generationMs: 0 });
    const command = runStart(['--json', '--once', '--port', '0', '--poll-seconds', '1', '--prompt', 'a small boat'], {
      FIREFLY_API_URL: simulator.url,
      ADOBE_IMS_URL: simulator.url,
      ADOBE_IO_URL: simulator.url,
    });
    expect(await command.exited).toBe(0);
    expect(command.stdout).toHaveLength(2);
    expect(Object.keys(await command.json(0))).toEqual([
      'gateway',
      'firefly',
      'services',
      'ims',
      'ioManagement',
      's3',
      'dynamodb',
      'secretsManager',
      'lambda',
      'eventBridge',
      'bucket',
      'table',
      'accessTokenSecret',
      'clientCredentialsSecret',
      'accessKeyId',
      'secretAccessKey',
      'callers',
    ]);
    expect(await command.json(1)).toEqual({
      jobId: expect.any(String),
      status: 'succeeded',
      outputs: [
        {
          bucket: 'firefly-gateway-local-outputs',
          key: expect.stringMatching(/\/0\.jpg$/),
          url: expect.stringContaining('X-Amz-Signature='),
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          contentType: 'image/jpeg',
        },
      ],
    });
    expect(await command.json(0)).toMatchObject({
      firefly: simulator.url,
      ims: simulator.url,
      ioManagement: simulator.url,
    });
    expect(simulator.jobs()).toHaveLength(1);
    expect(command.stderr.join('\n')).toContain(new URL(simulator.url).host);
    await simulator.close();
  });

  it('stays up after the image, serves it, and ends at once on an interrupt', async () => {
    const origin = 'http://localhost:5173';
    const command = runStart(['--json', '--port', '0', '--poll-seconds', '1', '--cors', origin]);
    const { gateway } = await command.json(0);
    const list = async () => {
      const answer = await fetch(`${gateway}/jobs?status=succeeded`);
      return ((await answer.json()) as { jobs: { jobId: string; outputs: { sha256: string }[] }[] }).jobs;
    };
    await expect.poll(list).toHaveLength(1);
    const [job] = await list();
    const picture = await fetch(`${gateway}/jobs/${job?.jobId}/outputs/0`);
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(job?.outputs[0]?.sha256);
    const ofPage = await fetch(`${gateway}/health`, { headers: { origin } });
    expect(ofPage.headers.get('access-control-allow-origin')).toBe(origin);
    const ofOther = await fetch(`${gateway}/health`, { headers: { origin: 'http://localhost:5174' } });
    expect(ofOther.headers.get('access-control-allow-origin')).toBeNull();
    expect(ofOther.status).toBe(403);
    command.process.kill('SIGINT');
    expect(await command.exited).toBe(0);
  });

  it('keeps the second demo caller within --budget, and not the first one', async () => {
    const budget = 3;
    const command = runStart(['--json', '--port', '0', '--poll-seconds', '1', '--budget', String(budget)]);
    const { gateway, callers } = (await command.json(0)) as {
      gateway: string;
      callers: { clientId: string; clientSecret: string }[];
    };
    const [first, second] = await Promise.all(
      callers.map(async ({ clientId, clientSecret }) => {
        const body = new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
        });
        const answer = await fetch(`${gateway}/ims/token/v3`, { method: 'POST', body });
        const { access_token: token } = (await answer.json()) as { access_token: string };
        return { authorization: `Bearer ${token}`, 'x-api-key': clientId };
      }),
    );
    const post = async (caller: Record<string, string> | undefined, index: number): Promise<number> => {
      const answer = await fetch(`${gateway}/v3/images/generate-async`, {
        method: 'POST',
        headers: { ...caller, 'content-type': 'application/json' },
        body: JSON.stringify({ prompt: `image ${index}` }),
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    const countJobs = async (caller: Record<string, string> | undefined): Promise<number> => {
      const answer = await fetch(`${gateway}/jobs`, { headers: { ...caller } });
      return ((await answer.json()) as { jobs: unknown[] }).jobs.length;
    };
    const requests = Array.from({ length: 12 }, (_, index) => index);
    const [ofFirst, ofSecond] = await Promise.all(
      [first, second].map((caller) => Promise.all(requests.map((index) => post(caller, index)))),
    );
    expect(ofSecond?.filter((status) => status === 202)).toHaveLength(budget);
    expect(ofSecond?.filter((status) => status === 429)).toHaveLength(requests.length - budget);
    expect(ofFirst).toEqual(requests.map(() => 202));
    expect(await countJobs(second)).toBe(budget);
    expect(await countJobs(first)).toBe(requests.length);
    expect(await post(second, requests.length)).toBe(429);
  });

  it('ends with 1 and the reason when there is no image', async () => {
    const simulator = await startSimulator();
    simulator.faults.add({ fault: 'prompt_unsafe', service: 'firefly', method: 'POST' });
    const env = { FIREFLY_API_URL: simulator.url, ADOBE_IMS_URL: simulator.url, ADOBE_IO_URL: simulator.url };
    const command = runStart(['--json', '--once', '--port', '0'], env);
    expect(await command.exited).toBe(1);
    expect(command.stderr.join('\n')).toContain('prompt_unsafe');
    expect(await command.json(1)).toMatchObject({ status: 'failed', outputs: [] });
    await simulator.close();
  });

  it('says which settings to check when Adobe refuses the credentials, however often it is started', async () => {
    const simulator = await startSimulator();
    const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-start-'));
    for (let start = 0; start < 2; start += 1) {
      const command = runStart(['--port', '0', '--data', join(directory, 'data')], {
        FIREFLY_SERVICES_CLIENT_ID: 'simulated-client',
        FIREFLY_SERVICES_CLIENT_SECRET: 'a-wrong-secret',
        ADOBE_IMS_URL: simulator.url,
      });
      expect(await command.exited).toBe(1);
      expect(command.stderr.join('\n')).toContain('FIREFLY_SERVICES_CLIENT_SECRET');
      expect(command.stderr.join('\n')).not.toContain('a-wrong-secret');
    }
    await simulator.close();
    await rm(directory, { recursive: true });
  });

  it('refuses a mistake on the command line, names it and shows no stack trace', async () => {
    const command = runStart(['--port', 'x']);
    expect(await command.exited).toBe(1);
    expect(command.stderr).toEqual(['--port takes a whole number from 0 to 65535, not "x".']);
  });
});
