import { randomUUID } from 'node:crypto';
import { DescribeSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { Session } from './session.ts';

/** How a rotation opens and ends, without what its function does. */
export const describeRotation = (session: () => Session): void => {
  describe('a rotation', () => {
    it('opens a pending version without a value, which the rotation function fills and promotes', async () => {
      const { secretId, firstId } = await session().create();
      const pendingId = randomUUID();

      const started = await session().rotate(secretId, session().rotationFunctionArn, pendingId);

      expect(started.VersionId).toBe(pendingId);
      expect(await session().labels(secretId)).toEqual({ [firstId]: ['AWSCURRENT'], [pendingId]: ['AWSPENDING'] });
      await session().expectRefusal(
        session().read(secretId, { VersionStage: 'AWSPENDING' }),
        'ResourceNotFoundException',
      );

      await session().put(secretId, 'second', ['AWSPENDING'], pendingId);
      await session().move(secretId, 'AWSCURRENT', pendingId, firstId);

      expect(await session().labels(secretId)).toEqual({
        [firstId]: ['AWSPREVIOUS'],
        [pendingId]: ['AWSCURRENT', 'AWSPENDING'],
      });
      expect((await session().read(secretId)).SecretString).toBe('second');
      expect(await session().client.send(new DescribeSecretCommand({ SecretId: secretId }))).toMatchObject({
        RotationEnabled: true,
        RotationLambdaARN: session().rotationFunctionArn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        NextRotationDate: expect.any(Date),
      });
    });

    it('is refused while AWSPENDING is left on a version that is not current', async () => {
      const { secretId } = await session().create();
      await session().rotate(secretId, session().rotationFunctionArn);

      await session().expectRefusal(
        session().rotate(secretId, session().rotationFunctionArn),
        'InvalidRequestException',
        'rotates while AWSPENDING is left on another version',
      );
    });

    it('starts again once AWSPENDING is taken off, with the SecretId alone', async () => {
      const { secretId, firstId } = await session().create();
      const failedId = randomUUID();
      await session().rotate(secretId, session().rotationFunctionArn, failedId);
      await session().move(secretId, 'AWSPENDING', undefined, failedId);

      const { VersionId = '' } = await session().client.send(new RotateSecretCommand({ SecretId: secretId }));

      const expected = session().deviates('forgets the rotation function')
        ? { [VersionId]: ['AWSCURRENT'] }
        : { [firstId]: ['AWSCURRENT'], [VersionId]: ['AWSPENDING'] };
      expect(await session().labels(secretId)).toMatchObject(expected);
    });

    it('needs a rotation function', async () => {
      const { secretId } = await session().create();

      await session().expectRefusal(
        session().rotate(secretId),
        'InvalidRequestException',
        'rotates without a rotation function',
      );
    });
  });
};
