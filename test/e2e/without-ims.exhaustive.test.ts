import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { readAdobeTarget } from '#local/adobe-target.ts';
import { localClients } from '#local/clients.ts';
import { openDataFolder } from '#local/data/data-folder.ts';
import { startSimulator } from '#local/simulator/simulator.ts';
import { type StackDescription, startStack } from '#local/stack.ts';
import { stackNames } from '#local/stack-settings.ts';
import { bundleFunctions } from '#test/fixtures/bundled-functions.ts';
import { findLastingPort } from '#test/fixtures/lasting-port.ts';
import { onceARun } from '#test/fixtures/once-a-run.ts';

const dayMs = 86_400_000;

/** Lets the access token expire, as it does in a gateway that was off for a day. */
const expireToken = async ({ secretsManager: url, ...description }: StackDescription): Promise<void> => {
  const { secretsManager } = localClients({ ...description, secretsManager: url });
  const SecretId = stackNames.accessTokenSecret;
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
  const token = z.looseObject({ expiresAt: z.number(), mintedAt: z.number() }).parse(JSON.parse(SecretString));
  const expired = { ...token, expiresAt: token.expiresAt - 2 * dayMs, mintedAt: token.mintedAt - 2 * dayMs };
  await secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(expired) }));
  secretsManager.destroy();
};

it('starts on a folder while Adobe cannot be reached, and submits what it accepts when it can', {
  timeout: 300_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-without-ims-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const port = await findLastingPort();
  const simulator = await startSimulator({ port });
  onTestFinished(simulator.close);
  const { url } = simulator;
  const handlers = await onceARun('functions', bundleFunctions);
  const warnings: string[] = [];
  const start = () =>
    startStack({
      data: openDataFolder(join(directory, 'data')),
      target: readAdobeTarget({ FIREFLY_API_URL: url, ADOBE_IMS_URL: url, ADOBE_IO_URL: url }),
      handlers,
      settings: { thumbnails: false, pollSeconds: 1, requestsPerMinute: 200 },
      onWarning: (line) => warnings.push(line),
    });
  const first = await start();
  await expireToken(first.description);
  await first.close();
  await simulator.close();

  const stack = await start();
  onTestFinished(stack.close);
  expect(warnings).toEqual([expect.stringMatching(/There is no (new )?access token[\s\S]*Jobs wait for it/)]);
  const { gateway } = stack.description;
  const answer = await fetch(`${gateway}/v3/images/generate-async`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'a lighthouse', numVariations: 1 }),
  });
  expect(answer.status).toBe(202);
  const { jobId } = z.object({ jobId: z.string() }).parse(await answer.json());
  const status = async () =>
    z.object({ status: z.string() }).parse(await (await fetch(`${gateway}/jobs/${jobId}`)).json()).status;
  expect(['queued', 'scheduled']).toContain(await status());

  const again = await startSimulator({
    port,
    pendingMs: 0,
    generationMs: 300,
    outputBytes: 4_096,
  });
  onTestFinished(again.close);
  await expect.poll(status, { timeout: 240_000, interval: 1_000 }).toBe('succeeded');
  // A job has one fetched for itself, perhaps before the start tries again.
  await expect.poll(() => warnings.slice(1)).toEqual(['There is an access token now.']);
  expect(again.jobs()).toHaveLength(1);
});
