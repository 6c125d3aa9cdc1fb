import { describe, expect } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { stackNames } from '#local/stack-settings.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { it, untilAtRest } from '#test/fixtures/shared-gateway.ts';
import { readAccessToken } from './access-token.ts';

const prompt = 'The launch of Project Kingfisher, still under embargo';

describe('no log line shows a secret, a token or a prompt', () => {
  let gateway: Gateway;
  const tokens = new Set<string>();
  const size = { width: 1024, height: 1024 };

  const noteToken = async () => {
    tokens.add(await readAccessToken(gateway));
  };

  it.beforeAll(async ({ gateway: shared }) => {
    gateway = shared;
    await untilAtRest(gateway);
    await noteToken();
  });

  it('through success, refusal, faults of Adobe, cancelling, new tokens, bad input and erasing', async () => {
    const { simulator } = gateway.stack;
    const body = { prompt, size, negativePrompt: prompt };
    await gateway.until(await gateway.submit(body));
    for (const fault of ['prompt_unsafe', 'bad_gateway', 'server_error'] as const) {
      simulator?.faults.add({ fault, times: 1, service: 'firefly', method: 'POST' });
      await gateway.until(await gateway.submit(body));
    }
    simulator?.expireTokens();
    await gateway.until(await gateway.submit(body));
    await noteToken();
    await gateway.call(`/v3/cancel/${await gateway.submit(body)}`, { method: 'PUT' });
    await gateway.post({ ...body, numVariations: prompt });
    await gateway.post(`{"prompt": "${prompt}`);
    await gateway.call(`/jobs?cursor=${encodeURIComponent(prompt)}`);
    await gateway.call(`/v3/status/${encodeURIComponent(prompt)}`);
    const erased = await gateway.until(await gateway.submit(body));
    await gateway.call(`/jobs/${erased.jobId}`, { method: 'DELETE' });
    await gateway.stack.lambda.invoke(stackNames.functions['token-refresh'], { reason: 'rotated' });
    await noteToken();

    expect(tokens.size).toBeGreaterThanOrEqual(3);
    expect(gateway.logLines.length).toBeGreaterThan(20);
    const secrets = [...tokens, simulatedCredentials.clientSecret, prompt, 'Kingfisher', 'X-Amz-Signature', 'Bearer '];
    const leaks = gateway.logLines.filter((line) => secrets.some((secret) => line.includes(secret)));
    expect(leaks).toEqual([]);
  });

  it('and every line says which invocation of which function wrote it', () => {
    const logged = gateway.logLines.flatMap((line) => {
      const [json] = /\{.*"level".*\}$/.exec(line) ?? [];
      return json === undefined ? [] : [JSON.parse(json) as Record<string, unknown>];
    });
    expect(logged.length).toBeGreaterThan(20);
    const context = { function_name: expect.any(String), function_request_id: expect.any(String) };
    for (const line of logged) expect(line).toMatchObject({ ...context, cold_start: expect.any(Boolean) });
    const ofJobs = logged.filter(({ message }) => message === 'job ended');
    expect(ofJobs.length).toBeGreaterThan(0);
    for (const line of ofJobs) expect(line).toMatchObject({ jobId: expect.any(String) });
  });
});
