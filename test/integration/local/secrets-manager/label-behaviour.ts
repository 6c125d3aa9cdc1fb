import { describe, expect, it } from 'vitest';
import type { Session } from './session.ts';

/** How staging labels move. */
export const describeLabels = (session: () => Session): void => {
  describe('staging labels', () => {
    it('move AWSCURRENT, with AWSPREVIOUS following, forth and back', async () => {
      const { secretId, firstId } = await session().create();
      const secondId = await session().put(secretId, 'second', ['AWSPENDING']);

      await session().move(secretId, 'AWSCURRENT', secondId, firstId);
      expect(await session().labels(secretId)).toEqual({
        [firstId]: ['AWSPREVIOUS'],
        [secondId]: ['AWSCURRENT', 'AWSPENDING'],
      });

      await session().move(secretId, 'AWSPENDING', undefined, secondId);
      await session().move(secretId, 'AWSCURRENT', firstId, secondId);
      expect(await session().labels(secretId)).toEqual({ [firstId]: ['AWSCURRENT'], [secondId]: ['AWSPREVIOUS'] });
      expect((await session().read(secretId)).SecretString).toBe('first');
    });

    it('leave a version deprecated that loses its last one, still readable by its id', async () => {
      const { secretId, firstId } = await session().create();
      const pendingId = await session().put(secretId, 'second', ['AWSPENDING']);

      await session().move(secretId, 'AWSPENDING', undefined, pendingId);

      expect(await session().labels(secretId)).toEqual({ [firstId]: ['AWSCURRENT'] });
      expect((await session().read(secretId, { VersionId: pendingId })).SecretString).toBe('second');
    });

    it('are only taken from the version that is named as their holder', async () => {
      const { secretId, firstId } = await session().create();
      const secondId = await session().put(secretId, 'second', ['AWSPENDING']);

      await session().expectRefusal(session().move(secretId, 'AWSCURRENT', secondId), 'InvalidParameterException');
      await session().expectRefusal(
        session().move(secretId, 'AWSCURRENT', secondId, secondId),
        'InvalidParameterException',
      );
      await session().expectRefusal(
        session().move(secretId, 'AWSPENDING', undefined, firstId),
        'InvalidParameterException',
      );
      expect(await session().labels(secretId)).toEqual({ [firstId]: ['AWSCURRENT'], [secondId]: ['AWSPENDING'] });
      await session().expectRefusal(
        session().move(secretId, 'AWSPENDING', firstId),
        'InvalidParameterException',
        'takes a label from a version that was not named',
      );
    });

    it('never lose AWSCURRENT', async () => {
      const { secretId, firstId } = await session().create();

      await session().expectRefusal(
        session().move(secretId, 'AWSCURRENT', undefined, firstId),
        'InvalidParameterException',
        'removes AWSCURRENT without a target',
      );
    });
  });
};
