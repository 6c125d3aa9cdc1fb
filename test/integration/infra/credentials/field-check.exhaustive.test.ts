import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { FactName } from '#local/simulator/manner/facts.ts';
import { type CommandRig, startCommandRig } from './command.ts';

const reportSchema = z.object({
  paid: z.number(),
  endedEarly: z.string().optional(),
  findings: z.array(z.object({ fact: z.string(), verdict: z.string(), seen: z.string() })),
});

describe('npm run credentials -- --field-check', () => {
  let rig: CommandRig;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'field-check-'));
    rig = await startCommandRig();
    rig.simulator.settings.outputBytes = null;
  });
  afterAll(async () => {
    await rig.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    rig.simulator.manner.set({});
    await rig.reset();
  });

  const check = async (...more: string[]) => {
    const file = join(folder, 'report.json');
    const ran = await rig.run(['--field-check', '--report', file, ...more], rig.environment());
    return { ran, file };
  };
  const readReport = async (file: string) => {
    const text = await readFile(file, 'utf8');
    const report = reportSchema.parse(JSON.parse(text));
    const verdictOf = (verdict: string) =>
      report.findings.filter((finding) => finding.verdict === verdict).map(({ fact }) => fact);
    return { ...report, text, differing: verdictOf('differs'), unknown: verdictOf('unknown') };
  };
  const play = (...observed: FactName[]) =>
    rig.simulator.manner.set({ facts: Object.fromEntries(observed.map((name) => [name, 'observed'])) });

  it('finds nothing that differs where Adobe does what it documents, and shows nothing that is secret', async () => {
    const before = rig.simulator.jobs().length;
    const { ran, file } = await check('--yes', '--touch-secrets');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const { text, paid, differing, unknown } = await readReport(file);
    expect({ differing, unknown }).toEqual({ differing: [], unknown: [] });
    expect(paid).toBeGreaterThan(0);
    expect(paid).toBeLessThanOrEqual(12);
    expect(paid).toBe(rig.simulator.jobs().length - before);
    for (const secret of rig.secretsSeen) expect(text + ran.stdout).not.toContain(secret);
    expect(text).not.toMatch(/https?:|urn:|kite|eyJ|simulated-client/);
    expect(rig.simulator.console.secrets()).toHaveLength(1);
  });

  it.each<[FactName, string]>([
    ['default-model-is-image4', 'default-model'],
    ['image3-sizes-limited', 'image3-sizes'],
    ['seeds-do-not-reproduce', 'seeds'],
    ['sync-calls-answer', 'synchronous-calls'],
    ['rate-headers-on-answers', 'rate-headers'],
    ['status-only-on-shard', 'status-on-base-host'],
    ['polls-sign-anew', 'output-urls'],
    ['outputs-untyped', 'output-types'],
    ['content-credentials-attached', 'content-credentials'],
    ['third-secret-is-409', 'third-secret'],
    ['new-secret-delayed', 'new-secret'],
    ['last-use-shown-late', 'last-used'],
  ])('names the one difference if Adobe does otherwise: %s', async (name, fact) => {
    play(name);
    const { ran, file } = await check('--yes', '--touch-secrets');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(`differs  ${fact}`) });
    const { differing, paid } = await readReport(file);
    expect(differing).toEqual([fact]);
    expect(paid).toBeLessThanOrEqual(12);
  });

  it('tells the default model by its sizes where no seed does', async () => {
    play('seeds-do-not-reproduce', 'image3-sizes-limited', 'default-model-is-image4');
    const { file } = await check('--yes');
    expect((await readReport(file)).differing).toEqual(['default-model', 'image3-sizes', 'seeds']);
  });

  it('leaves client secrets alone unless it is told to touch them', async () => {
    const before = rig.simulator.console.secrets().map(({ uuid }) => uuid);
    const { file } = await check('--yes');
    expect((await readReport(file)).unknown).toEqual(['third-secret', 'new-secret', 'last-used']);
    expect(rig.simulator.console.secrets().map(({ uuid }) => uuid)).toEqual(before);
  });

  it('sends nothing without a confirmation', async () => {
    const before = rig.simulator.jobs().length;
    const { ran } = await check();
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('each may be billed') });
    expect(rig.simulator.jobs()).toHaveLength(before);
  });

  it('writes what it has learnt when it is broken off', async () => {
    // Long enough for the signal to come while one of them is on its way.
    rig.simulator.faults.add({ fault: 'latency', ms: 5_000, service: 'firefly', method: 'POST', skip: 1 });
    const checking = check('--yes');
    await expect.poll(() => rig.simulator.faults.active()[0]?.seen).toBeGreaterThan(1);
    rig.signals.emit('SIGINT');
    const { ran, file } = await checking;
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('Broken off by the operator') });
    const { unknown, findings } = await readReport(file);
    expect(unknown).toContain('synchronous-calls');
    expect(findings).toContainEqual(expect.objectContaining({ fact: 'output-types', verdict: 'as_documented' }));
  });

  it('goes on after a group that fails, and never sends a lost request again', async () => {
    const before = rig.simulator.jobs().length;
    rig.simulator.faults.add({ fault: 'drop', effect: 'done', service: 'firefly', method: 'POST', times: 1 });
    const { ran, file } = await check('--yes');
    expect(ran.stdout).toContain('not found out: Adobe did not answer.');
    const { paid, findings } = await readReport(file);
    expect(findings).toContainEqual(expect.objectContaining({ fact: 'synchronous-calls', verdict: 'as_documented' }));
    expect(paid).toBe(1);
    expect(rig.simulator.jobs()).toHaveLength(before + 1);
  });
});
