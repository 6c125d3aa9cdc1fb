import { describe, expect, it } from 'vitest';
import { RotationFailedError } from '#infra/credentials/errors.ts';
import type { Session } from '#infra/credentials/session.ts';
import type { VersionLabels } from '#infra/credentials/stored-secret.ts';
import { createOutput } from '#infra/credentials/terminal.ts';
import { waitForRotation } from '#infra/credentials/wait-for-rotation.ts';
import type { SecretRotationStatus } from '#shared/aws/status-items.ts';
import { captured } from './captured.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const before: SecretRotationStatus = { lastRunAt: at(1), lastRotationFailed: false, lastRotationAt: at(1) };
const failed: SecretRotationStatus = {
  lastRunAt: at(2),
  lastRotationFailed: true,
  error: { code: 'foreign_secret', message: 'No room for a new client secret.' },
};
const rotated = { ...before, lastRunAt: at(3), lastRotationAt: at(3), nextRotationAt: at(99) };

/** A rotation as Secrets Manager and the status item show it, second by second; the last second lasts. */
const showing = (seconds: [VersionLabels, SecretRotationStatus?][]) => {
  let nowMs = 0;
  const streams = captured();
  const shown = () => seconds[Math.min(Math.floor(nowMs / 1000), seconds.length - 1)] ?? [{}];
  const session: Pick<Session, 'secret' | 'status' | 'clock' | 'sleep' | 'output'> = {
    output: createOutput(streams),
    clock: { now: () => nowMs },
    sleep: async (ms) => {
      nowMs += ms;
    },
    secret: {
      readLabels: async () => shown()[0],
      readCurrent: async () => ({
        credentials: { clientId: 'client', clientSecret: 'new-secret', secretUuid: 'u-2' },
      }),
      readPrevious: async () => ({}),
      store: () => Promise.reject(new Error('nothing to store')),
      rotate: () => Promise.reject(new Error('nothing to rotate')),
    },
    status: { readSecretRotation: async () => shown()[1] ?? before, readTokenRefresh: async () => undefined },
  };
  return { session, said: () => streams.text().stdout, seconds: () => nowMs / 1000 };
};

describe('following a rotation', () => {
  it('waits until the version is current and nothing is left to do', async () => {
    const { session, said, seconds } = showing([
      [{ currentVersionId: 'v1', pendingVersionId: 'v2' }],
      [{ currentVersionId: 'v2', pendingVersionId: 'v2' }],
      [{ currentVersionId: 'v2' }],
      [{ currentVersionId: 'v2' }, rotated],
    ]);
    await waitForRotation(session, 'v2', before);
    expect(seconds()).toBe(3);
    expect(said().split('\n')).toEqual([
      '  the new client secret works and is the current one',
      '  the access token is minted anew',
      'The current client secret is u-2.',
      `Next rotation: ${at(99)}.`,
      '',
    ]);
  });

  it('tells the reason that a failed rotation leaves when its label is taken off', async () => {
    const { session } = showing([
      [{ currentVersionId: 'v1', pendingVersionId: 'v2' }],
      [{ currentVersionId: 'v1', pendingVersionId: 'v2' }, failed],
      [{ currentVersionId: 'v1' }, failed],
    ]);
    const followed = waitForRotation(session, 'v2', before);
    await expect(followed).rejects.toThrow(RotationFailedError);
    await expect(followed).rejects.toThrow('(foreign_secret): No room for a new client secret.');
  });

  it('does not take an earlier failure for its own', async () => {
    const { session } = showing([
      [{ currentVersionId: 'v1' }, failed],
      [{ currentVersionId: 'v1', pendingVersionId: 'v2' }, failed],
      [{ currentVersionId: 'v2' }, rotated],
    ]);
    await expect(waitForRotation(session, 'v2', failed)).resolves.toBeUndefined();
  });

  it('does not wait forever for a rotation that has ended without a word', async () => {
    const { session, seconds } = showing([[{ currentVersionId: 'v1' }]]);
    await expect(waitForRotation(session, 'v2', before)).rejects.toThrow('has ended without a new client secret');
    expect(seconds()).toBeLessThan(20);
  });

  it('does not wait forever for one that does not end', async () => {
    const { session, seconds } = showing([[{ currentVersionId: 'v1', pendingVersionId: 'v2' }]]);
    await expect(waitForRotation(session, 'v2', before)).rejects.toThrow('has not ended within 15 minutes');
    expect(seconds()).toBeLessThan(16 * 60);
  });
});
