import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { simulatedCredentials } from '#local/simulator/credentials.ts';

const { clientId, clientSecret } = simulatedCredentials;
const minted = z.object({ access_token: z.string(), expires_in: z.number() });
const accepted = z.object({ statusUrl: z.url() });
const status = z.object({
  status: z.string(),
  result: z.object({ outputs: z.array(z.object({ image: z.object({ url: z.url() }) })) }).optional(),
});

/** Starts work when a rate limit allows it. */
export type Limit = <Result>(work: () => Promise<Result>) => Promise<Result>;

const maxAttempts = 5;

/**
 * What a careful team writes without a gateway, for as long as nothing kills it: one token for all, every submit through the limiter, a
 * failed one again so, `Retry-After` honoured, and images stored as soon as they are there.
 *
 * @param store takes each image
 * @returns jobs that were given up
 */
export const submitCarefully = async (
  adobe: string,
  { jobs, limit, store }: { jobs: number; limit: Limit; store: (index: number, image: Uint8Array) => Promise<void> },
): Promise<number> => {
  let token: { value: Promise<string>; until: number } | undefined;
  const mint = async (): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'openid,AdobeID,firefly_api,ff_apis',
    });
    const answer = await fetch(`${adobe}/ims/token/v3`, { method: 'POST', body });
    return minted.parse(await answer.json()).access_token;
  };
  const headers = async () => {
    if (token === undefined || token.until < Date.now()) token = { value: mint(), until: Date.now() + 3_600_000 };
    return {
      authorization: `Bearer ${await token.value}`,
      'x-api-key': clientId,
      'content-type': 'application/json',
    };
  };

  const submit = async (index: number): Promise<string | undefined> => {
    try {
      const answer = await fetch(`${adobe}/v3/images/generate-async`, {
        method: 'POST',
        headers: { ...(await headers()), 'x-request-id': `job-${index}` },
        body: JSON.stringify({ prompt: `picture ${index}`, numVariations: 1 }),
      });
      if (answer.ok) return accepted.parse(await answer.json()).statusUrl;
      await sleep(1000 * Number(answer.headers.get('retry-after') ?? 0));
    } catch {
      // Whether Adobe has taken the job is not known. It is sent again, as the image is wanted.
    }
    return undefined;
  };
  const follow = async (statusUrl: string): Promise<string> => {
    for (;;) {
      await sleep(1_000);
      const answer = await fetch(statusUrl, { headers: await headers() });
      const url = status.parse(await answer.json()).result?.outputs[0]?.image.url;
      if (url !== undefined) return url;
    }
  };
  const make = async (index: number): Promise<boolean> => {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const statusUrl = await limit(() => submit(index));
      if (statusUrl === undefined) continue;
      await store(index, new Uint8Array(await (await fetch(await follow(statusUrl))).arrayBuffer()));
      return true;
    }
    return false;
  };
  const made = await Promise.all(Array.from({ length: jobs }, (_, index) => make(index)));
  return made.filter((isMade) => !isMade).length;
};
