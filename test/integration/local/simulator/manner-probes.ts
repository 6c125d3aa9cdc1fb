import { createHash } from 'node:crypto';
import type { FactName } from '#local/simulator/manner/facts.ts';
import type { Simulator, SimulatorOptions } from '#local/simulator/simulator.ts';
import { generationScopes } from '#shared/adobe/auth/scopes.ts';
import { type Accepted, type clientOf, jsonOf, type Status } from './client.ts';
import type { createTestClock } from './clock.ts';
import { pressService, readPutType } from './service.ts';

type Client = ReturnType<typeof clientOf>;
type Setup = { simulator: Simulator; client: Client; clock: ReturnType<typeof createTestClock> };
/** Something that is seen of a simulator and tells the sides of a fact apart. */
export type Probe = {
  /** What is seen, in a form that tells the two sides apart. */
  see(setup: Setup): Promise<unknown>;
  documented: unknown;
  observed: unknown;
  options?: SimulatorOptions;
};

const post = async ({ simulator, client }: Setup, path: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: await client.authorized({ 'content-type': 'application/json', ...headers }),
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
};
const generate = (setup: Setup, body: object) => post(setup, '/v3/images/generate-async', { prompt: 'a', ...body });
// The smallest size that image3 takes.
const small = { size: { width: 1024, height: 1024 } };

const finished = async (setup: Setup, body: object): Promise<{ statusUrl: string; status: Status }> => {
  const { statusUrl } = (await generate(setup, { ...small, ...body })).body as unknown as Accepted;
  return { statusUrl, status: await jsonOf<Status>(await setup.client.get(statusUrl)) };
};
const outputUrls = ({ result }: Status): string[] => result?.outputs.map(({ image }) => image.url) ?? [];
const firstOutput = async (setup: Setup, body: object = {}): Promise<Response> =>
  fetch(outputUrls((await finished(setup, body)).status)[0] ?? '');
const digest = (bytes: ArrayBuffer) => createHash('sha256').update(Buffer.from(bytes)).digest('hex');

/** One for each fact on which documents and observation differ. */
export const probes: Partial<Record<FactName, Probe>> = {
  'unknown-scopes-ignored': {
    see: async ({ client }) => {
      const answer = await client.mint({ scope: `${generationScopes.join(',')},made_up` });
      return [answer.status, (await jsonOf<{ access_token?: string }>(answer)).access_token !== undefined];
    },
    documented: [400, false],
    observed: [200, true],
  },
  'missing-api-is-unauthorized-client': {
    see: async ({ client }) =>
      (await jsonOf<{ error: string }>(await client.mint({ scope: 'openid,firefly_enterprise' }))).error,
    documented: 'invalid_scope',
    observed: 'unauthorized_client',
  },
  'head-token-is-405': {
    see: async ({ simulator }) => (await fetch(`${simulator.url}/ims/token/v3`, { method: 'HEAD' })).status,
    documented: 400,
    observed: 405,
  },
  'expired-token-is-401014': {
    see: async ({ client, clock }) => {
      const headers = await client.authorized();
      clock.advance(86_400_000);
      return (await jsonOf<{ error_code: string }>(await client.generate({ prompt: 'a' }, headers))).error_code;
    },
    documented: '401013',
    observed: '401014',
  },
  'new-credential-refused': {
    options: { credential: { createdAt: 0 } },
    see: async (setup) => {
      const first = (await generate(setup, {})).status;
      setup.clock.advance(300_000);
      return [first, (await generate(setup, {})).status];
    },
    documented: [202, 202],
    observed: [403, 202],
  },
  'sync-calls-answer': {
    see: async (setup) => {
      const { status, body } = await post(setup, '/v3/images/generate', { prompt: 'a', ...small });
      return [status, body['size'], (body['outputs'] as unknown[] | undefined)?.length];
    },
    documented: [404, undefined, undefined],
    observed: [200, small.size, 1],
  },
  'custom-model-without-header-ignored': {
    see: async (setup) => {
      const { status } = await generate(setup, { customModelId: 'urn:aaid:sc:US:1' });
      return [status, setup.simulator.jobs()[0]?.model];
    },
    documented: [422, undefined],
    observed: [202, 'image3'],
  },
  'image3-sizes-limited': {
    see: async (setup) => {
      const { status, body } = await generate(setup, { size: { width: 1000, height: 1000 } });
      return [status, String(body['message']).includes('2688x1512')];
    },
    documented: [202, false],
    observed: [400, true],
  },
  'video-sizes-pass': {
    see: async (setup) => {
      const body = { prompt: 'a', sizes: [{ width: 1000, height: 500 }] };
      return (await post(setup, '/v3/videos/generate', body, { 'x-model-version': 'video1_standard' })).status;
    },
    documented: 422,
    observed: 202,
  },
  'field-faults-are-400': {
    see: async (setup) => {
      const { status, body } = await generate(setup, { numVariations: 9 });
      const reference = { style: { imageReference: { source: { uploadId: crypto.randomUUID() } } } };
      return [status, body['error_code'], (await generate(setup, reference)).status];
    },
    documented: [422, 'validation_error', 422],
    observed: [400, 'bad_request', 422],
  },
  'refusals-are-422': {
    see: async (setup) => {
      setup.simulator.faults.add({ fault: 'prompt_unsafe', path: 'generate-async' });
      const { status, body } = await generate(setup, {});
      return [status, body['error_code']];
    },
    documented: [451, 'prompt_unsafe'],
    observed: [422, 'prompt_unsafe'],
  },
  'gcs-input-unreachable': {
    see: async (setup) => {
      const source = { url: 'https://storage.googleapis.com/bucket/cat.png' };
      return (await generate(setup, { style: { imageReference: { source } } })).status;
    },
    documented: 202,
    observed: 422,
  },
  'filtered-outputs-left-out': {
    see: async (setup) => {
      setup.simulator.faults.add({ fault: 'job', filteredOutputs: 2 });
      const { status } = await finished(setup, { seeds: [1, 2, 3] });
      return [status.status, status.error_code, status.result?.outputs.map(({ seed }) => seed)];
    },
    documented: ['failed', 'output_media_unsafe', undefined],
    observed: ['succeeded', undefined, [3]],
  },
  'seeds-do-not-reproduce': {
    see: async (setup) => {
      const one = await firstOutput(setup, { seeds: [7] });
      const other = await firstOutput(setup, { seeds: [7] });
      return digest(await one.arrayBuffer()) === digest(await other.arrayBuffer());
    },
    documented: true,
    observed: false,
  },
  'content-credentials-attached': {
    see: async (setup) => Buffer.from(await (await firstOutput(setup)).arrayBuffer()).includes('c2pa'),
    documented: false,
    observed: true,
  },
  'status-only-on-shard': {
    see: async (setup) => {
      const { statusUrl, status } = await finished(setup, {});
      const base = await setup.client.get(`${setup.simulator.url}/v3/status/${status.jobId}`);
      return [(await setup.client.get(statusUrl)).status, base.status];
    },
    documented: [200, 200],
    observed: [200, 404],
  },
  'polls-sign-anew': {
    see: async (setup) => {
      const { statusUrl, status } = await finished(setup, {});
      setup.clock.advance(60_000);
      return outputUrls(await jsonOf<Status>(await setup.client.get(statusUrl)))[0] === outputUrls(status)[0];
    },
    documented: true,
    observed: false,
  },
  'outputs-untyped': {
    see: async (setup) => (await firstOutput(setup)).headers.get('content-type'),
    documented: 'image/jpeg',
    observed: 'application/octet-stream',
  },
  'outputs-put-untyped': {
    see: ({ simulator, client }) => readPutType(simulator, client),
    options: { services: [pressService] },
    documented: 'image/png',
    observed: undefined,
  },
  'rate-headers-on-answers': {
    see: async (setup) => (await generate(setup, {})).headers.get('x-ratelimit-remaining'),
    documented: null,
    observed: '99',
  },
  'default-model-is-image4': {
    see: async (setup) => {
      await generate(setup, { size: { width: 2048, height: 2048 } });
      return setup.simulator.jobs()[0]?.model;
    },
    documented: 'image3',
    observed: 'image4_standard',
  },
  'last-use-shown-late': {
    see: async ({ client, clock }) => {
      const { uuid, client_secret } = await jsonOf<{ uuid: string; client_secret: string }>(
        await client.secrets('POST'),
      );
      await client.mint({ client_secret });
      const isShown = async () => {
        const list = await jsonOf<{ client_secrets: { uuid: string; secret_usages: unknown }[] }>(
          await client.secrets('GET'),
        );
        return list.client_secrets.find((secret) => secret.uuid === uuid)?.secret_usages !== null;
      };
      const first = await isShown();
      clock.advance(5_000);
      return [first, await isShown()];
    },
    documented: [true, true],
    observed: [false, true],
  },
  'third-secret-is-409': {
    see: async ({ client }) => {
      await client.secrets('POST');
      return (await client.secrets('POST')).status;
    },
    documented: 400,
    observed: 409,
  },
  'new-secret-delayed': {
    see: async ({ client, clock }) => {
      const { client_secret } = await jsonOf<{ client_secret: string }>(await client.secrets('POST'));
      const first = (await client.mint({ client_secret })).status;
      clock.advance(5_000);
      return [first, (await client.mint({ client_secret })).status];
    },
    documented: [200, 200],
    observed: [400, 200],
  },
};
