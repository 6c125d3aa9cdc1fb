import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { createDemoCallers, type DemoCaller } from '#local/demo-callers.ts';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { stackNames } from '#local/stack-settings.ts';
import { setDisabled } from '#shared/callers/caller-store.ts';
import { systemClock } from '#shared/clock.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { changeAdobe, it } from '#test/fixtures/shared-gateway.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const standIns = join(root, 'test/fixtures/quickstart');
const run = promisify(execFile);
const placeholder = 'https://GATEWAY';

const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0;
// A machine with neither has the same calls made by the standard library.
const python = hasRequests ? 'Python with requests' : 'Python with a stand-in for requests over urllib';
const hasJq = spawnSync('jq', ['--version']).status === 0;

/** What each language's program is started with, by the name of its block in the page. */
const programs: [name: string, language: string, command: string, args: string[]][] = [
  [hasJq ? 'curl and jq' : 'curl and a stand-in for jq', 'bash', 'bash', ['-euc']],
  [python, 'python', 'python3', ['-c']],
  ['JavaScript with axios and qs', 'js', 'node', ['--input-type=module', '-e']],
];

/** The first block of a language in the page about callers: what is printed there is what runs here. */
const readProgram = async (language: string): Promise<string> => {
  const page = await readFile(join(root, 'docs/callers.md'), 'utf8');
  const [, program] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(page) ?? [];
  if (program === undefined) throw new Error(`docs/callers.md has no ${language}.`);
  return program;
};

let gateway: Gateway;
let caller: DemoCaller;
it.beforeAll(async ({ gateway: shared }) => {
  gateway = shared;
  [caller] = (await createDemoCallers(gateway.stack.description)) as [DemoCaller];
  return changeAdobe(gateway, { outputBytes: null });
});

describe("a program that was written for Adobe's quickstart", () => {
  const runProgram = async (
    [, language, command, args]: (typeof programs)[number],
    base: string,
    { clientId, clientSecret }: Pick<DemoCaller, 'clientId' | 'clientSecret'>,
  ) => {
    const [first = '', second = '', third, ...rest] = (await readProgram(language)).split(placeholder);
    expect(third, 'two URLs').toBeDefined();
    expect(rest, 'and nothing else').toEqual([]);
    const folder = await mkdtemp(join(tmpdir(), 'firefly-gateway-quickstart-'));
    try {
      await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
      await run(command, [...args, [first, second, third].join(base)], {
        cwd: folder,
        timeout: 150_000,
        env: {
          PATH: hasJq ? process.env['PATH'] : `${standIns}:${process.env['PATH']}`,
          HOME: folder,
          ...(!hasRequests && { PYTHONPATH: standIns }),
          FIREFLY_SERVICES_CLIENT_ID: clientId,
          FIREFLY_SERVICES_CLIENT_SECRET: clientSecret,
        },
      });
      return await sharp(await readFile(join(folder, 'image.jpg'))).metadata();
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it.for(programs)('gets its picture from the gateway and from Adobe by changing two URLs: %s', async (program) => {
    const { clientId, clientSecret } = simulatedCredentials;
    const pictures = await Promise.all([
      runProgram(program, gateway.url, caller),
      runProgram(program, gateway.stack.description.firefly, { clientId, clientSecret }),
    ]);
    const picture = { format: 'jpeg', width: 2_048, height: 2_048 };
    expect(pictures).toMatchObject([picture, picture]);
  });
});

describe('a caller with a token of its own', () => {
  // Adobe's SDK builds the form by hand, without encoding anything.
  const getToken = async ({ clientId, clientSecret }: DemoCaller): Promise<string> => {
    const answer = await fetch(`${gateway.url}/ims/token/v3`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'User-Agent': 'FFS-SDK, JS, Common-2.0.0' },
      body: `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}&scope=openid,AdobeID,firefly_api,ff_apis`,
    });
    expect(answer.status).toBe(200);
    return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
  };

  it("gets a picture in one call, as Adobe's SDK makes it", async () => {
    const answer = await gateway.ask('/v3/images/generate', {
      headers: {
        authorization: `Bearer ${await getToken(caller)}`,
        'x-api-key': caller.clientId,
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': 'FFS-SDK, JS, Firefly-2.0.1',
      },
      body: '{"prompt":"a lighthouse at dusk"}',
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ outputs: [{ image: { url: expect.any(String) } }] });
  });

  it.each([undefined, '', "an old id of Adobe's"])('is known by its token, whatever x-api-key says: %j', async (id) => {
    const headers = { authorization: `Bearer ${await getToken(caller)}`, ...(id !== undefined && { 'x-api-key': id }) };
    const { jobId } = (await (await gateway.post({ prompt: 'a fox' }, headers)).json()) as { jobId: string };
    expect((await gateway.call(`/jobs/${jobId}`, { headers })).status).toBe(200);
  });

  it('is out with its next call once it is disabled, and in again with a new token', async () => {
    const [, other] = (await createDemoCallers(gateway.stack.description)) as [DemoCaller, DemoCaller];
    const list = (token: string) => fetch(`${gateway.url}/jobs`, { headers: { authorization: `Bearer ${token}` } });
    const token = await getToken(other);
    expect((await list(token)).status).toBe(200);
    const { tables: dynamoDb } = localClients(gateway.stack.description);
    const table = { dynamoDb, tableName: stackNames.callerTable, clock: systemClock };
    await setDisabled(table, other.clientId, true);
    // In AWS within a minute: so long API Gateway remembers what the authorizer said.
    expect((await list(token)).status).toBe(403);
    await setDisabled(table, other.clientId, false);
    expect((await list(token)).status).toBe(403);
    expect((await list(await getToken(other))).status).toBe(200);
    dynamoDb.destroy();
  });
});
