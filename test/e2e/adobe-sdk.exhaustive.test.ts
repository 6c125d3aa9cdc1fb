import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { createDemoCallers, type DemoCaller } from '#local/demo-callers.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { changeAdobe, it } from '#test/fixtures/shared-gateway.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

// Their licence does not let them be a dependency of the project.
const packages = ['@adobe/firefly-apis@2.0.1', '@adobe/firefly-services-common-apis@2.0.0'];

// What npm says if it gets no answer; whatever else goes wrong is a failure.
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

/** @returns why the packages cannot be installed, if the registry cannot be reached */
const install = async (folder: string): Promise<string | undefined> => {
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', '--fetch-retries=1'];
  try {
    await run('npm', ['install', ...options, ...packages], { cwd: folder, timeout: 120_000 });
    return undefined;
  } catch (error) {
    const [code] = unreachable.exec(String(error)) ?? [];
    if (code === undefined) throw error;
    return `The npm registry cannot be reached (${code}): Adobe's SDK was not tried.`;
  }
};

/** The block of the page about callers that maps the SDK's hosts: what is printed there is what runs here. */
const readMapping = async (gatewayUrl: string): Promise<string> => {
  const page = await readFile(join(root, 'docs/callers.md'), 'utf8');
  const mapping = [...page.matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, text = '']) => text).at(-1) ?? '';
  expect(mapping).toContain('globalThis.fetch');
  return mapping.replaceAll('https://GATEWAY', gatewayUrl);
};

// As Adobe's pages have it. The SDK has no polling of its own for Firefly: a program follows the status URL.
const program = `
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
}, 120_000);

describe("Adobe's SDK for JavaScript, unmodified", () => {
  it('gets a token, a picture and a video from the gateway', { timeout: 240_000 }, async ({ skip }) => {
    const folder = await mkdtemp(join(tmpdir(), 'firefly-gateway-sdk-'));
    try {
      const reason = await install(folder);
      if (reason !== undefined) {
        process.stderr.write(`${reason}\n`);
        return skip(reason);
      }
      await writeFile(join(folder, 'program.cjs'), `${await readMapping(gateway.url)}\n${program}`);
      const { stdout } = await run('node', ['program.cjs'], {
        cwd: folder,
        timeout: 100_000,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          FIREFLY_SERVICES_CLIENT_ID: caller.clientId,
          FIREFLY_SERVICES_CLIENT_SECRET: caller.clientSecret,
        },
      });
      expect(await sharp(await readFile(join(folder, 'image.jpg'))).metadata()).toMatchObject({ format: 'jpeg' });
      const video = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
      expect(video).toEqual({ status: 'succeeded', videoBytes: expect.any(Number) });
      expect(video.videoBytes).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
