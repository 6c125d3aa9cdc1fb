import { expect } from 'vitest';
import type { World } from './world.ts';

/** Values of secrets and tokens in the simulated world look like this, and nothing else does. */
const anyValue = /(value|token)-\d/;

/**
 * Holds at every moment: the stored secret works, Adobe's limit is kept, generation has a valid token, and neither log
 * nor status tells a value.
 */
export const expectWorking = ({ adobe, store, hasValidToken, withoutToken, logged, status }: World): void => {
  expect(logged.filter((line) => anyValue.test(line))).toEqual([]);
  expect(JSON.stringify(status() ?? {})).not.toMatch(anyValue);
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
