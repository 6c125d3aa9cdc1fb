import { describe, expect, it } from 'vitest';
import { startSimulator } from '#local/simulator/simulator.ts';
import { runStart } from '#test/fixtures/start-command.ts';

// What else it does is in start-command.exhaustive.test.ts.
describe('npm start', () => {
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
});
