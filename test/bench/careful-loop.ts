/** What a careful team writes without a gateway: `node careful-loop.ts <folder> <simulator> <jobs>`. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import * as z from 'zod';
import { simulatedCredentials } from '#local/simulator/credentials.ts';

const [directory = '', adobe = '', count = '0'] = process.argv.slice(2);
const { clientId, clientSecret } = simulatedCredentials;
const accepted = z.object({ statusUrl: z.url() });
const status = z.object({
  status: z.string(),
  result: z.object({ outputs: z.array(z.object({ image: z.object({ url: z.url() }) })) }).optional(),
});

let token: { value: string; until: number } | undefined;
const getToken = async (): Promise<string> => {
  if (token && token.until > Date.now()) return token.value;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'openid,AdobeID,firefly_api,ff_apis',
  });
  const answer = await fetch(`${adobe}/ims/token/v3`, { method: 'POST', body });
  const { access_token: value, expires_in: seconds } = z
    .object({ access_token: z.string(), expires_in: z.number() })
    .parse(await answer.json());
  token = { value, until: Date.now() + seconds * 900 };
  return value;
};

const headers = async () => ({
  authorization: `Bearer ${await getToken()}`,
  'x-api-key': clientId,
  'content-type': 'application/json',
});

const make = async (index: number): Promise<void> => {
  const body = JSON.stringify({ prompt: `picture ${index}`, numVariations: 1 });
  const posted = await fetch(`${adobe}/v3/images/generate-async`, { method: 'POST', headers: await headers(), body });
  const { statusUrl } = accepted.parse(await posted.json());
  for (;;) {
    const answer = status.parse(await (await fetch(statusUrl, { headers: await headers() })).json());
    const url = answer.result?.outputs[0]?.image.url;
    if (url !== undefined) {
      const image = Buffer.from(await (await fetch(url)).arrayBuffer());
      await writeFile(join(directory, `${index}.jpg`), image);
      // Only now: an entry without its image would lose it.
      await appendFile(join(directory, 'done.txt'), `${index}\n`);
      return;
    }
    await sleep(200);
  }
};

const done = new Set((await readFile(join(directory, 'done.txt'), 'utf8').catch(() => '')).split('\n'));
// Says when it begins to work.
process.stdout.write('ready\n');
const queue = new PQueue({ concurrency: 4, interval: 60_000, intervalCap: 200 });
const open = Array.from({ length: Number(count) }, (_, index) => index).filter((index) => !done.has(String(index)));
await queue.addAll(open.map((index) => () => make(index)));
