import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { createDemoCallers, type DemoCaller } from '#local/demo-callers.ts';
import { runWithSdk } from '#test/fixtures/adobe-sdk.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { changeAdobe, it } from '#test/fixtures/shared-gateway.ts';

// As Adobe's pages have it. The SDK has no polling of its own for Firefly: a program follows the status URL.
const text = `
const { writeFile } = require('node:fs/promises');
const { setTimeout: sleep } = require('node:timers/promises');
const { FireflyClient } = require('@adobe/firefly-apis');
const { ServerToServerTokenProvider } = require('@adobe/firefly-services-common-apis');

const main = async () => {
  const clientId = process.env.FIREFLY_SERVICES_CLIENT_ID;
  const clientSecret = process.env.FIREFLY_SERVICES_CLIENT_SECRET;
  const scopes = 'openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis';
  const tokenProvider = new ServerToServerTokenProvider({ clientId, clientSecret, scopes }, { autoRefresh: false });
  await tokenProvider.authenticate();
  const client = new FireflyClient({ clientId, tokenProvider });
  const { result } = await client.generateImages({ prompt: 'a lighthouse at dusk', numVariations: 1 });
  const image = await fetch(result.outputs[0].image.url);
  await writeFile('image.jpg', Buffer.from(await image.arrayBuffer()));
  const { result: job } = await client.generateVideoV3({ prompt: 'a lighthouse at dusk' });
  const authorization = 'Bearer ' + (await tokenProvider.getToken());
  let status = { status: 'pending' };
  while (!['succeeded', 'failed'].includes(status.status)) {
    await sleep(500);
    status = await (await fetch(job.statusUrl, { headers: { authorization, 'x-api-key': clientId } })).json();
  }
  const video = await fetch(status.result.outputs[0].video.url);
  console.log(JSON.stringify({ status: status.status, videoBytes: (await video.arrayBuffer()).byteLength }));
};
main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
`;

let gateway: Gateway;
let caller: DemoCaller;
it.beforeAll(async ({ gateway: shared }) => {
  gateway = shared;
  [caller] = (await createDemoCallers(gateway.stack.description)) as [DemoCaller];
  return changeAdobe(gateway, { outputBytes: null });
});

describe("Adobe's SDK for JavaScript, unmodified", () => {
  it('gets a token, a picture and a video from the gateway', { timeout: 240_000 }, async ({ skip }) => {
    const packages = ['@adobe/firefly-apis@2.0.1', '@adobe/firefly-services-common-apis@2.0.0'];
    const reason = await runWithSdk({ packages, text, gatewayUrl: gateway.url, caller }, async (video, folder) => {
      expect(await sharp(await readFile(join(folder, 'image.jpg'))).metadata()).toMatchObject({ format: 'jpeg' });
      expect(video).toEqual({ status: 'succeeded', videoBytes: expect.any(Number) });
      expect(video).not.toMatchObject({ videoBytes: 0 });
    });
    if (reason !== undefined) skip(reason);
  });
});
