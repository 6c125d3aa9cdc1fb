import { createWorld, hourMs, type Outcome, type World } from './world.ts';

/** A world whose credentials are stored and whose token is an hour old. */
export const createConfigured = async (options: Parameters<typeof createWorld>[0] = {}): Promise<World> => {
  const world = createWorld(options);
  await world.refreshToken();
  await world.advance(hourMs);
  return world;
};

/** The same after a rotation, with tokens that die with their secret. */
export const createRotated = async (): Promise<World> => {
  const world = await createConfigured({ revokesTokens: true });
  await world.rotate();
  return world;
};

/** The same in the middle of a rotation: its secret is made and pending. */
export const createPending = async (): Promise<{ world: World; token: string }> => {
  const world = await createConfigured({ revokesTokens: true });
  const token = world.openRotation();
  await world.step('createSecret', token);
  return { world, token };
};

/** Why a run failed. */
export const readMessage = (outcome: Outcome<unknown>): string => {
  if (outcome.ok) throw new Error('The run was expected to fail.');
  return outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
};
