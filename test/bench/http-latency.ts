import { setTimeout as pause } from 'node:timers/promises';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { startStack } from '#local/stack.ts';
import { generationScopes } from '#shared/adobe/auth/scopes.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';

const request = { prompt: 'a field of tulips', size: { width: 1024, height: 1024 } };

const percentile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const post = async (gateway: string): Promise<string> => {
  const answer = await fetch(`${gateway}/v3/images/generate-async`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = (await answer.json()) as { jobId: string };
  if (answer.status !== 202) throw new Error(`Expected 202, got ${answer.status}: ${JSON.stringify(body)}`);
  return body.jobId;
};

/** From the request to the stored picture, medians in ms: through the gateway, straight from the simulator, the difference. */
export interface Overhead {
  gatewayP50: number;
  directP50: number;
  overheadP50: number;
  runs: number;
}

/** Measures what the gateway adds to a generation, with pictures that take Adobe a second. */
export const measureOverhead = async ({ runs = 9 } = {}): Promise<Overhead> => {
  const stack = await startStack({
    settings: { requestsPerMinute: 500, pollSeconds: 1 },
    simulator: { requestsPerMinute: 500, pendingMs: 200, generationMs: 800 },
    handlers: await bundledFunctions(),
    schedules: false,
  });
  try {
    const { gateway } = stack.description;
    await throughGateway(gateway);
    const token = await mintToken(stack.description.ims);
    await direct(stack.description.firefly, token);
    const gatewayTimes: number[] = [];
    const directTimes: number[] = [];
    for (let index = 0; index < runs; index += 1) {
      gatewayTimes.push(await throughGateway(gateway));
      directTimes.push(await direct(stack.description.firefly, token));
    }
    const median = (times: number[]) =>
      percentile(
        times.sort((a, b) => a - b),
        0.5,
      );
    const gatewayP50 = median(gatewayTimes);
    const directP50 = median(directTimes);
    return { gatewayP50, directP50, overheadP50: gatewayP50 - directP50, runs };
  } finally {
    await stack.close();
  }
};

const throughGateway = async (gateway: string): Promise<number> => {
  const start = performance.now();
  const jobId = await post(gateway);
  for (;;) {
    const job = (await (await fetch(`${gateway}/jobs/${jobId}`)).json()) as { status: string };
    if (job.status === 'succeeded') return performance.now() - start;
    if (job.status === 'failed') throw new Error(`The job failed: ${JSON.stringify(job)}`);
    await pause(50);
  }
};

/** What a client without the gateway does: submit, poll every 250 ms, download. */
const direct = async (firefly: string, token: string): Promise<number> => {
  const headers = {
    authorization: `Bearer ${token}`,
    'x-api-key': simulatedCredentials.clientId,
    'content-type': 'application/json',
  };
  const start = performance.now();
  const accepted = await fetch(`${firefly}/v3/images/generate-async`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
  });
  const { statusUrl } = (await accepted.json()) as { statusUrl: string };
  for (;;) {
    const status = (await (await fetch(statusUrl, { headers })).json()) as {
      status: string;
      result?: { outputs: { image: { url: string } }[] };
    };
    if (status.status === 'succeeded') {
      await (await fetch(status.result?.outputs[0]?.image.url ?? '')).arrayBuffer();
      return performance.now() - start;
    }
    await pause(250);
  }
};

const mintToken = async (ims: string): Promise<string> => {
  const answer = await fetch(`${ims}/ims/token/v3`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: simulatedCredentials.clientId,
      client_secret: simulatedCredentials.clientSecret,
      scope: generationScopes.join(','),
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
};
