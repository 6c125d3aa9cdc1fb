import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { createImsClient } from '#shared/adobe/auth/ims.ts';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { generationScopes } from '#shared/adobe/auth/scopes.ts';
import { systemClock } from '#shared/clock.ts';
import { type CommandRig, startCommandRig } from './command.ts';

const { clientId } = simulatedCredentials;

describe('npm run credentials, rotating', () => {
  let rig: CommandRig;
  beforeAll(async () => {
    rig = await startCommandRig();
  });
  afterAll(() => rig.close());
  beforeEach(async () => {
    await rig.reset();
    expect(await rig.run([], rig.environment())).toMatchObject({ code: 0 });
  });

  const listed = () => rig.simulator.console.secrets().map(({ uuid }) => uuid);
  const stored = async () => (await rig.secret.readCurrent()).credentials;

  /** Whether IMS gives a token for a client secret. */
  const isAlive = async (clientSecret: string): Promise<boolean> => {
    const ims = createImsClient({ baseUrl: rig.simulator.url, clock: systemClock });
    try {
      await ims.mint({ clientId, clientSecret, scopes: generationScopes.join(',') });
      return true;
    } catch (error) {
      if (error instanceof ImsError && error.kind === 'invalid_client') return false;
      throw error;
    }
  };

  it('rotates now, waits for the end, and keeps the previous secret for its grace', async () => {
    const { uuid, value } = rig.only();
    const ran = await rig.run(['--rotate']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const after = await stored();
    expect(after?.replacedSecretUuid).toBe(uuid);
    expect(ran.stdout).toContain(`The current client secret is ${after?.secretUuid}.`);
    expect(ran.stdout).toContain(`The previous one, ${uuid}, is deleted at Adobe after 20`);
    expect(await isAlive(value)).toBe(true);
    expect(listed()).toEqual([uuid, after?.secretUuid]);
  });

  it('tells why a rotation failed, and the next one needs no repair', async () => {
    const foreign = rig.simulator.console.add();
    const failed = await rig.run(['--rotate']);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('(foreign_secret)') });
    expect(failed.stderr).toContain(foreign?.uuid);
    rig.simulator.console.delete(String(foreign?.uuid));
    expect(await rig.run(['--rotate'])).toMatchObject({ code: 0 });
  });

  it('kills a leaked secret in one run: a new one takes its place, and work goes on', async () => {
    const leaked = rig.only();
    const jobBefore = await rig.gateway.submit({ prompt: 'a lighthouse' });
    const ran = await rig.run(['--compromised', '--confirm', leaked.uuid]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(new RegExp(`${leaked.uuid} is dead\\. It took \\d+\\.\\d s`));
    expect(await isAlive(leaked.value)).toBe(false);
    const after = await stored();
    expect(listed()).toEqual([after?.secretUuid]);
    expect(await isAlive(String(after?.clientSecret))).toBe(true);
    const jobAfter = await rig.gateway.submit({ prompt: 'a fox' });
    for (const job of [jobBefore, jobAfter])
      expect(await rig.gateway.until(job)).toMatchObject({ status: 'succeeded' });
  });

  it('deletes a previous secret that is in the way, although its grace is not over', async () => {
    const first = rig.only();
    await rig.run(['--rotate']);
    const leaked = await stored();
    const ran = await rig.run(['--compromised', '--yes']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(`Deleted ${first.uuid} at Adobe.`);
    expect(ran.stdout).toContain(`The client secret ${leaked?.secretUuid} is dead.`);
    expect([await isAlive(first.value), await isAlive(String(leaked?.clientSecret))]).toEqual([false, false]);
    expect(listed()).toEqual([(await stored())?.secretUuid]);
  });

  it('spares the current secret if it is the previous one that leaked', async () => {
    const leaked = rig.only();
    await rig.run(['--rotate']);
    const before = await stored();
    expect(await rig.run(['--compromised', '--confirm', leaked.uuid])).toMatchObject({ code: 0 });
    expect(await isAlive(leaked.value)).toBe(false);
    expect(await stored()).toEqual(before);
    // Again, as after it was broken off at the end.
    const again = await rig.run(['--compromised', '--confirm', leaked.uuid]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('IMS refuses it.') });
  });

  it('waits until IMS refuses the leaked secret everywhere', async () => {
    const leaked = rig.only();
    await rig.run(['--rotate']);
    const tokensForTheWork = 4;
    rig.simulator.faults.add({ fault: 'unavailable', service: 'ims', skip: tokensForTheWork, times: 1 });
    const ran = await rig.run(['--compromised', '--confirm', leaked.uuid]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('not refuse it yet, asking again') });
    expect(ran.stdout).toContain('IMS refuses it.');
  });

  it.each([
    ['no confirmation', [], 2, 'Nobody can be asked here'],
    ['the uuid of no secret', ['--confirm', 'no-such'], 2, '"no-such" is none of these'],
  ])('does nothing with %s', async (_what, args, code, message) => {
    const before = listed();
    const ran = await rig.run(['--compromised', ...args]);
    expect(ran).toMatchObject({ code, stderr: expect.stringContaining(message) });
    expect(listed()).toEqual(before);
  });

  it('does not delete what the gateway did not make, and says that the leaked secret is alive', async () => {
    const leaked = rig.only();
    const foreign = String(rig.simulator.console.add()?.uuid);
    const named = await rig.run(['--compromised', '--confirm', foreign]);
    expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('delete it in the Developer Console') });
    const ran = await rig.run(['--compromised', '--yes']);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(`${leaked.uuid} is still alive`) });
    expect(listed()).toEqual([leaked.uuid, foreign]);
  });

  it('says what to do if the stored secret is dead already', async () => {
    const { uuid } = rig.only();
    rig.simulator.console.add();
    rig.simulator.console.delete(uuid);
    const ran = await rig.run(['--compromised', '--yes']);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('make a new one in the Developer Console') });
    expect(await rig.run([], rig.environment())).toMatchObject({ code: 0 });
  });

  it('never shows a client secret', () => {
    expect(rig.secretsSeen.size).toBeGreaterThan(10);
    const shown = JSON.stringify(rig.runs);
    expect([...rig.secretsSeen].filter((value) => shown.includes(value))).toEqual([]);
    expect(shown).not.toMatch(/eyJ[\w-]+\./);
  });
});
