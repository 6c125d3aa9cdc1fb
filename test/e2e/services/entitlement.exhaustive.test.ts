import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

const details = z.looseObject({
  problems: z.array(z.string()),
  token: z.object({ state: z.string() }),
  services: z.array(
    z.looseObject({ service: z.string(), access: z.string().optional(), advice: z.string().optional() }),
  ),
  lanes: z.array(z.looseObject({ lane: z.string(), paused: z.looseObject({ reason: z.string() }).optional() })),
});

const source = { source: { url: 'https://pictures.s3.amazonaws.com/a.png' } };

describe('a credential that lacks services which are on', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({
      ...withoutPictures,
      services: ['photoshop', 'image', 'substance'],
      simulator: {
        ...withoutPictures.simulator,
        credential: { scopes: [...new Set([...generationScopes, ...managementScopes])] },
        unentitled: ['image'],
      },
    });
  });
  afterAll(() => gateway.close());

  const readDetails = async () => details.parse(await (await gateway.call('/health/details')).json());
  const post = async (path: string, body: object): Promise<string> => {
    const response = await gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(202);
    return z.object({ jobId: z.string() }).parse(await response.json()).jobId;
  };

  it('has a token all the same, and says which service lacks what', async () => {
    const { problems, token, services } = await readDetails();
    expect(problems).toEqual(['service_not_granted']);
    expect(token.state).toBe('ok');
    expect(services).toMatchObject([
      { service: 'firefly', missingScopes: [] },
      { service: 'photoshop', missingScopes: [], access: 'granted' },
      { service: 'image', missingScopes: [], access: 'refused', advice: expect.stringContaining('Developer Console') },
      {
        service: 'substance',
        missingScopes: expect.arrayContaining(['substance3d_api.jobs.create']),
        advice: expect.stringContaining('substance3d_api.jobs.create'),
      },
    ]);
    expect(gateway.logLines.join('\n')).toContain('"adobeService":"substance"');
  });

  it('pauses the lanes of the service that refuses it, and no other works less', async () => {
    const refused = await post('/v2/remove-background', { image: source });
    await expect.poll(async () => (await readDetails()).problems).toContain('queue_paused');
    const readPaused = async () =>
      (await readDetails()).lanes.flatMap(({ lane, paused }) => (paused === undefined ? [] : [[lane, paused.reason]]));
    // One lane after the other is paused.
    await expect
      .poll(async () => Object.fromEntries(await readPaused()))
      .toEqual({
        masking: 'access_refused',
        'photoshop-imaging': 'access_refused',
        'remove-background': 'access_refused',
      });
    expect((await gateway.until(await gateway.submit({ prompt: 'a cat' }))).status).toBe('succeeded');
    const outputs = [{ mediaType: 'image/jpeg', destination: { validityPeriod: 3_600 } }];
    const edited = await gateway.until(await post('/v2/edit', { image: source, outputs }));
    // Its input is nowhere, which Photoshop itself found out: it let the token in.
    expect(edited).toMatchObject({ status: 'failed', error: { code: '400401' } });
    // It goes back into the queue after the pause.
    await gateway.until(refused, ['queued']);
  });
});
