import { expect } from 'vitest';
import type { World } from './world.ts';

/** Holds at every moment: the stored secret works, Adobe's limit is kept, and generation has a valid token. */
export const expectWorking = ({ adobe, store, hasValidToken, withoutToken }: World): void => {
  const current = store.current()?.credentials;
  const listed = adobe.secrets.find(({ value }) => value === current?.clientSecret);
  expect(listed, 'Adobe still has the current secret').toBeDefined();
  if (current?.secretUuid !== undefined) expect(listed?.uuid).toBe(current.secretUuid);
  expect(adobe.secrets.length).toBeLessThanOrEqual(2);
  expect(hasValidToken(), 'generation has a valid token').toBe(true);
  expect(withoutToken, 'generation had a valid token all the time').toEqual([]);
};

/** Holds when nothing is under way: one current secret, at most one retired one, and nothing else. */
export const expectSettled = (world: World): void => {
  const { adobe, store } = world;
  const current = store.current()?.credentials;
  const currentUuid = adobe.secrets.find(({ value }) => value === current?.clientSecret)?.uuid;
  const known = [currentUuid, current?.replacedSecretUuid];
  expect(store.pendingElsewhere(), 'no rotation is left open').toBeUndefined();
  expect(
    adobe.secrets.map(({ uuid }) => uuid).filter((uuid) => !known.includes(uuid)),
    'no orphan is left at Adobe',
  ).toEqual([]);
  expectWorking(world);
};
