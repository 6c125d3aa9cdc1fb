import { describe, expect, it } from 'vitest';
import { runStep } from '#functions/secret-rotation/steps/run-step.ts';
import { createWorld } from '../world/world.ts';

describe('any step', () => {
  it('refuses another secret than its own', async () => {
    const world = createWorld();
    const event = { Step: 'createSecret', SecretId: 'another', ClientRequestToken: 'any' } as const;
    const run = runStep({ ports: world.ports, policy: world.policy, deadline: world.clock.now() + 1000 }, event);
    await expect(run).rejects.toThrow('not another');
  });
});
