import { randomUUID } from 'node:crypto';
import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, vi } from 'vitest';
import { allSteps, prepareRotation, steps } from './scripted-rotation.ts';

const dayMs = 86_400_000;

describe('RotateSecret', () => {
  it('answers at once and then calls the four steps with one token', async () => {
    const gate = Promise.withResolvers<void>();
    const stack = await prepareRotation(async (event) => {
      await gate.promise;
      await stack.work(event);
    });

    const { VersionId = '', ARN } = await stack.rotate();
    await vi.waitFor(() => expect(stack.calls).toHaveLength(1), { timeout: 60_000 });
    expect((await stack.described()).VersionIdsToStages).toEqual({
      [stack.firstId]: ['AWSCURRENT'],
      [VersionId]: ['AWSPENDING'],
    });
    gate.resolve();
    await stack.server.rotationsSettled();

    expect(steps(stack.calls)).toEqual(allSteps);
    for (const call of stack.calls) expect(call).toMatchObject({ SecretId: ARN, ClientRequestToken: VersionId });
    expect((await stack.described()).VersionIdsToStages).toEqual({
      [stack.firstId]: ['AWSPREVIOUS'],
      [VersionId]: expect.arrayContaining(['AWSPENDING', 'AWSCURRENT']),
    });
    expect(stack.failures).toEqual([]);
  });

  it('with the SecretId alone uses the function and the rules that it knows', async () => {
    const stack = await prepareRotation((event) => stack.work(event));
    await stack.rotate();
    await stack.server.rotationsSettled();

    await stack.client.send(new RotateSecretCommand({ SecretId: 'credentials' }));
    await stack.server.rotationsSettled();

    expect(steps(stack.calls)).toEqual([...allSteps, ...allSteps]);
    expect((await stack.described()).RotationRules).toEqual({ AutomaticallyAfterDays: 30 });
  });

  it('repeated with the same token starts nothing anew, during and after the rotation', async () => {
    const stack = await prepareRotation((event) => stack.work(event));
    const ClientRequestToken = randomUUID();

    const answers = [await stack.rotate({ ClientRequestToken }), await stack.rotate({ ClientRequestToken })];
    await stack.server.rotationsSettled();
    answers.push(await stack.rotate({ ClientRequestToken }));
    await stack.server.rotationsSettled();

    expect(answers.map((answer) => answer.VersionId)).toEqual(Array(3).fill(ClientRequestToken));
    expect(steps(stack.calls)).toEqual(allSteps);
  });

  it('refuses the token of a version that it did not open', async () => {
    const stack = await prepareRotation(() => {});

    await expect(stack.rotate({ ClientRequestToken: stack.firstId })).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    expect(stack.calls).toEqual([]);
  });

  it('with RotateImmediately=false runs only testSecret on a pending version and removes it', async () => {
    const seen: unknown[] = [];
    const stack = await prepareRotation(async () => {
      seen.push((await stack.described()).VersionIdsToStages);
    });

    const { VersionId = '' } = await stack.rotate({ RotateImmediately: false });
    await stack.server.rotationsSettled();

    expect(steps(stack.calls)).toEqual(['testSecret']);
    expect(seen).toEqual([{ [stack.firstId]: ['AWSCURRENT'], [VersionId]: ['AWSPENDING'] }]);
    expect(await stack.described()).toMatchObject({
      VersionIdsToStages: { [stack.firstId]: ['AWSCURRENT'] },
      RotationEnabled: true,
      NextRotationDate: new Date(stack.clock.time + 30 * dayMs),
    });
  });
});

describe('a failing rotation function', () => {
  it('is called again from the first step until it succeeds', async () => {
    const stack = await prepareRotation(async (event, calls) => {
      if (event.Step === 'testSecret' && calls.length < 6) throw new Error('not propagated yet');
      await stack.work(event);
    });

    const { VersionId = '' } = await stack.rotate();
    await stack.server.rotationsSettled();

    expect(steps(stack.calls)).toEqual([...allSteps.slice(0, 3), ...allSteps]);
    expect(stack.failures).toMatchObject([{ secretName: 'credentials', versionId: VersionId, attempt: 1 }]);
    expect((await stack.described()).VersionIdsToStages?.[VersionId]).toContain('AWSCURRENT');
  });

  it('leaves AWSPENDING after the last retry, and rotation is refused until the label is taken off', async () => {
    const stack = await prepareRotation(() => {
      throw new Error('broken');
    });
    const { VersionId = '' } = await stack.rotate();
    await stack.server.rotationsSettled();

    expect(steps(stack.calls)).toEqual(['createSecret', 'createSecret', 'createSecret']);
    await expect(stack.rotate()).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: "A previous rotation isn't complete. That rotation will be reattempted.",
    });

    await stack.move('AWSPENDING', VersionId);
    await expect(stack.rotate()).resolves.toMatchObject({ Name: 'credentials' });
  });

  it('is not called again once it has taken AWSPENDING off itself', async () => {
    const stack = await prepareRotation(async ({ ClientRequestToken }) => {
      await stack.move('AWSPENDING', ClientRequestToken);
      throw new Error('failed for good');
    });

    await stack.rotate();
    await stack.server.rotationsSettled();

    expect(steps(stack.calls)).toEqual(['createSecret']);
  });

  it('that finishes without moving AWSCURRENT has failed', async () => {
    const stack = await prepareRotation(() => {});

    await stack.rotate();
    await stack.server.rotationsSettled();

    expect(stack.failures).toHaveLength(3);
    expect((await stack.described()).LastRotatedDate).toBeUndefined();
  });
});
