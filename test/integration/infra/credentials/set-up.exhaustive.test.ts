import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';
import { awsEnvironment, type CommandRig, page, startCommandRig } from './command.ts';

const { clientId, orgId, projectId, credentialId } = simulatedCredentials;

/** Answers some lists of client secrets in place of Adobe. */
const listAnswers = (skip: number, times: number, body: Record<string, unknown>): Fault => ({
  fault: 'answer',
  service: 'io-management',
  method: 'GET',
  status: 200,
  body,
  skip,
  times,
});

describe('npm run credentials, setting up', () => {
  let rig: CommandRig;
  beforeAll(async () => {
    rig = await startCommandRig();
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.reset());

  const health = async () => (await (await rig.gateway.call('/health/details')).json()) as object;

  it('turns a stack that was just deployed into one that works', async () => {
    const ran = await rig.run([], rig.environment());
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const { uuid, value } = rig.only();
    expect(ran.stdout).toContain(`which of them this one is: ${uuid}`);
    expect(ran.stdout).toMatch(/The access token lasts 23 h 59 min, until \d{4}-/);
    const { credentials } = await rig.secret.readCurrent();
    expect(credentials).toEqual({ clientId, clientSecret: value, secretUuid: uuid, orgId, projectId, credentialId });
    expect(await health()).toMatchObject({ rotation: { lastRotationFailed: false } });
  });

  it('changes nothing when it is run again', async () => {
    await rig.run([], rig.environment());
    const before = await rig.secret.readLabels();
    expect(await rig.run([], rig.environment())).toMatchObject({ code: 0, stdout: expect.stringContaining('already') });
    expect(await rig.secret.readLabels()).toEqual(before);
  });

  it('completes what somebody stored by hand', async () => {
    await rig.put({ clientId, clientSecret: rig.only().value, note: 'kept' });
    expect(await rig.run([], rig.environment())).toMatchObject({ code: 0 });
    const { credentials } = await rig.secret.readCurrent();
    expect(credentials).toMatchObject({ secretUuid: rig.only().uuid, orgId, credentialId, note: 'kept' });
  });

  it('overwrites what nobody can read', async () => {
    await rig.put({ clientId: 7 });
    const ran = await rig.run([], rig.environment());
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('cannot be used and is overwritten') });
  });

  it('overwrites the credentials of another client id only if it is told to', async () => {
    const other = { clientId: 'other-client', clientSecret: 'other-secret' };
    await rig.put(other);
    rig.secretsSeen.add(other.clientSecret);
    const refused = await rig.run([], rig.environment());
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('the client id other-client, not of') });
    expect((await rig.secret.readCurrent()).credentials).toEqual(other);
    expect(await rig.run(['--replace'], rig.environment())).toMatchObject({ code: 0 });
    expect((await rig.secret.readCurrent()).credentials).toMatchObject({ clientId });
  });

  it('does not bring back a secret that a rotation has replaced', async () => {
    const first = rig.environment();
    await rig.run([], first);
    expect(await rig.run(['--rotate'])).toMatchObject({ code: 0 });
    const { credentials } = await rig.secret.readCurrent();
    const ran = await rig.run([], first);
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${credentials?.secretUuid}, works and stays`),
    });
    expect((await rig.secret.readCurrent()).credentials).toEqual(credentials);
  });

  it('repairs a rotation that a crash has left', async () => {
    await rig.run([], rig.environment());
    const pending = { clientId, clientSecret: 'never-stored', secretUuid: 'gone', orgId, projectId, credentialId };
    await rig.put(pending, 'AWSPENDING');
    rig.secretsSeen.add(pending.clientSecret);
    const { pendingVersionId } = await rig.secret.readLabels();
    const checked = await rig.run(['--check']);
    expect(checked).toMatchObject({ code: 0, stderr: expect.stringContaining(`${pendingVersionId} is under way, or`) });
    const ran = await rig.run([], rig.environment());
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('begun anew') });
    expect((await rig.secret.readLabels()).pendingVersionId).toBeUndefined();
    const { credentials } = await rig.secret.readCurrent();
    expect(rig.simulator.console.secrets().map(({ uuid }) => uuid)).toContain(credentials?.secretUuid);
  });

  it('lets the operator name the secret if Adobe does not tell', async () => {
    const mine = rig.only();
    const other = rig.simulator.console.add();
    const list = (lastUsedAt: string) => ({
      client_id: clientId,
      client_secrets: [mine, other].map((secret) => ({
        uuid: secret?.uuid,
        created_at: String(secret?.createdAt),
        secret_usages: [{ last_used_at: lastUsedAt }],
      })),
    });
    const bothInUse = () => {
      rig.simulator.faults.clear();
      rig.simulator.faults.add(listAnswers(0, 2, list('1000')));
      rig.simulator.faults.add(listAnswers(2, 1, list('2000')));
    };
    bothInUse();
    const asked = await rig.run([], rig.environment());
    expect(asked).toMatchObject({ code: 1, stdout: expect.stringContaining('--secret-uuid') });
    expect(asked.stdout).toContain(`listed: ${mine.uuid} (created ${new Date(mine.createdAt).toISOString()}`);
    bothInUse();
    const unlisted = await rig.run(['--secret-uuid', 'no-such'], rig.environment());
    expect(unlisted).toMatchObject({ code: 1, stdout: expect.stringContaining('Adobe does not list no-such') });
    bothInUse();
    expect(await rig.run(['--secret-uuid', mine.uuid], rig.environment())).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`Adobe also lists the client secret ${other?.uuid}`),
    });
    expect((await rig.secret.readCurrent()).credentials).toMatchObject({ secretUuid: mine.uuid });
  });

  it('does not take the word of the operator against that of Adobe', async () => {
    const other = rig.simulator.console.add();
    const ran = await rig.run(['--secret-uuid', String(other?.uuid)], rig.environment());
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining(`not of ${other?.uuid}`) });
    expect(await rig.secret.readCurrent()).toEqual({});
  });

  it.each([
    ['the Firefly API', managementScopes, 'FAILED  a token for generation', 'add the API "Firefly - Firefly Services"'],
    ['the I/O Management API', generationScopes, 'FAILED  a token for the rotation', 'add the "I/O Management API"'],
  ])('says that %s is missing in the Developer Console, and stores nothing', async (_api, scopes, failed, advice) => {
    rig.simulator.console.credential.scopes = scopes;
    const ran = await rig.run([], rig.environment());
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining(failed) });
    expect(ran.stdout).toContain(advice);
    expect(await rig.secret.readCurrent()).toEqual({});
  });

  it.each([
    ['a wrong client id', { FIREFLY_SERVICES_CLIENT_ID: 'nobody' }, 'Copy the client id again'],
    ['a wrong client secret', { FIREFLY_SERVICES_CLIENT_SECRET: 'not-the-secret' }, 'Copy the client secret'],
    ['another organization', { FIREFLY_SERVICES_CREDENTIAL_URL: page.replace(orgId, '23295') }, 'organization 23295'],
    [
      'another credential',
      { FIREFLY_SERVICES_CREDENTIAL_URL: page.replace(credentialId, '9') },
      'credential id is wrong',
    ],
  ])('says what to correct with %s', async (_what, wrong, advice) => {
    const ran = await rig.run(['--check'], { ...rig.environment(), ...wrong });
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining(advice) });
    expect(ran.stdout).toContain('FAILED');
  });

  it('says that the licence does not reach to Firefly', async () => {
    rig.simulator.faults.add({
      fault: 'answer',
      service: 'firefly',
      status: 403,
      body: { error_code: '403004' },
    });
    const ran = await rig.run(['--check'], rig.environment());
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('product profile') });
  });

  it('checks the stored credential if none is given, and writes nothing', async () => {
    await rig.run([], rig.environment());
    const before = await rig.secret.readLabels();
    const ran = await rig.run(['--check']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('access token until');
    expect(await rig.secret.readLabels()).toEqual(before);
  });

  it('names what is missing if there is nobody to ask', async () => {
    for (const args of [[], ['--check']]) {
      const ran = await rig.run(args);
      expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('FIREFLY_SERVICES_CREDENTIAL_URL') });
    }
    expect(await rig.run(['--rotate'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no credentials yet'),
    });
  });

  it('says where it has looked for a stack that is not there', async () => {
    const there = {
      ADOBE_IMS_URL: rig.simulator.url,
      ADOBE_IO_URL: rig.simulator.url,
      FIREFLY_API_URL: rig.simulator.url,
    };
    const missing = await rig.runStack('firefly-gateway-nowhere', [], rig.environment());
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('firefly-gateway-nowhere') });
    const checked = await rig.runStack('firefly-gateway-nowhere', ['--check'], { ...rig.environment(), ...there });
    expect(checked).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('no stack firefly-gateway-nowhere here yet'),
    });
  });

  it('runs as a process of its own', async () => {
    const run = promisify(execFile);
    const program = fileURLToPath(import.meta.resolve('#infra/cli/credentials.ts'));
    const env = { ...awsEnvironment(rig.stack), ...rig.environment() };
    const setUp = await run(process.execPath, [program, '--stage', 'local'], { env });
    rig.runs.push({ code: 0, ...setUp });
    expect(setUp).toMatchObject({ stdout: expect.stringContaining('firefly-gateway-local is set up.'), stderr: '' });
    await expect(run(process.execPath, [program, '--rotate', '--check'], { env })).rejects.toMatchObject({ code: 2 });
    const help = await run(process.execPath, [program, '--help'], { env: {} });
    expect(help.stdout).toContain('--compromised');
  });

  it('never shows a client secret', () => {
    expect(rig.secretsSeen.size).toBeGreaterThan(10);
    const shown = JSON.stringify(rig.runs);
    expect([...rig.secretsSeen].filter((value) => shown.includes(value))).toEqual([]);
    expect(shown).not.toMatch(/eyJ[\w-]+\./);
  });
});
