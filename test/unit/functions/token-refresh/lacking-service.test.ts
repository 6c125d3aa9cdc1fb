import { describe, expect, it } from 'vitest';
import { createWorld, hourMs, threeServices } from './world.ts';

describe('a credential that lacks a service', () => {
  it('gets a token without the scopes of that service, and the rest works', async () => {
    const world = createWorld(threeServices);
    world.lacking.scopes = ['ee.press'];
    expect(await world.run()).toMatchObject({ minted: true });
    expect(world.stored().token).toMatchObject({ missingScopes: ['ee.press'] });
    expect(world.status()).toMatchObject({
      state: 'ok',
      services: {
        firefly: { missingScopes: [] },
        press: { missingScopes: ['ee.press'], access: 'granted' },
        paper: { missingScopes: [], access: 'granted' },
      },
    });
    expect(world.metrics).toContainEqual(['ServicesNotGranted', 1]);
    expect(world.logged.join()).toContain('"adobeService":"press"');
  });

  it('is asked for them again after an hour, and a token that has them all is kept', async () => {
    const world = createWorld(threeServices);
    world.lacking.scopes = ['ee.press'];
    await world.run();
    world.pass(hourMs / 2);
    expect(await world.run()).toMatchObject({ minted: false });
    world.lacking.scopes = [];
    world.pass(hourMs);
    expect(await world.run()).toMatchObject({ minted: true, reason: 'scopes_missing' });
    expect(world.status()?.services?.['press']?.missingScopes).toEqual([]);
    world.pass(hourMs * 2);
    expect(await world.run()).toMatchObject({ minted: false, reason: 'fresh' });
    expect(world.status()?.services?.['press']).toBeDefined();
  });

  it('is told which service does not let it in, though all scopes are there', async () => {
    const world = createWorld(threeServices);
    world.lacking.services = ['https://paper.example.com/absent'];
    expect(await world.run()).toMatchObject({ minted: true });
    const error = { code: 'user_not_entitled', message: 'no' };
    expect(world.status()?.services?.['paper']).toMatchObject({ access: 'refused', error });
    expect(world.status()?.state).toBe('ok');
  });

  it('gets no token at all without the scopes of Firefly', async () => {
    const world = createWorld(threeServices);
    world.lacking.scopes = ['firefly_api'];
    await expect(world.run()).rejects.toMatchObject({ code: 'invalid_scope' });
  });
});
