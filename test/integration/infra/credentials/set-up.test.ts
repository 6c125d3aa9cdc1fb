import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandRig, startCommandRig } from './command.ts';

// Every other state of a stack and of Adobe is in set-up.exhaustive.test.ts.
let rig: CommandRig;
beforeAll(async () => {
  rig = await startCommandRig();
  await rig.reset();
});
afterAll(() => rig.close());

it('npm run credentials turns a stack that was just deployed into one that works, and shows no secret', async () => {
  const ran = await rig.run([], rig.environment());
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const { uuid, value } = rig.only();
  expect(ran.stdout).toContain(`which of them this one is: ${uuid}`);
  expect(ran.stdout).not.toContain(value);
  expect((await rig.secret.readCurrent()).credentials).toMatchObject({ clientSecret: value, secretUuid: uuid });
});
