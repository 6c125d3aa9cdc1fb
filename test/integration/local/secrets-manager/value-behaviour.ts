import { randomUUID } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { Session } from './session.ts';

/** How values are written and read. */
export const describeValues = (session: () => Session): void => {
  describe('values', () => {
    it('are read as they were written', async () => {
      const { secretId, firstId, arn } = await session().create('{"clientId":"é"}');

      const answer = await session().read(secretId);

      expect(answer).toMatchObject({
        ARN: arn,
        Name: secretId,
        SecretString: '{"clientId":"é"}',
        VersionId: firstId,
        VersionStages: ['AWSCURRENT'],
      });
      expect(answer.CreatedDate).toBeInstanceOf(Date);
    });

    it('are found by name, by ARN and by ARN without its suffix', async () => {
      const { secretId, arn } = await session().create();

      for (const id of [secretId, arn, arn.slice(0, -7)]) {
        expect((await session().read(id)).SecretString).toBe('first');
      }
    });

    it('of an unknown secret, version or label are not found', async () => {
      const { secretId } = await session().create();

      await session().expectRefusal(session().read(randomUUID()), 'ResourceNotFoundException');
      await session().expectRefusal(session().read(secretId, { VersionId: randomUUID() }), 'ResourceNotFoundException');
      await session().expectRefusal(
        session().read(secretId, { VersionStage: 'AWSPENDING' }),
        'ResourceNotFoundException',
      );
    });

    it('are refused for a label that another version holds', async () => {
      const { secretId, firstId } = await session().create();
      await session().put(secretId, 'second');

      await session().expectRefusal(
        session().read(secretId, { VersionId: firstId, VersionStage: 'AWSCURRENT' }),
        'InvalidRequestException',
      );
    });

    it('put anew move AWSCURRENT and leave AWSPREVIOUS behind', async () => {
      const { secretId, firstId } = await session().create();

      const secondId = await session().put(secretId, 'second');
      expect(await session().labels(secretId)).toEqual({ [firstId]: ['AWSPREVIOUS'], [secondId]: ['AWSCURRENT'] });

      const thirdId = await session().put(secretId, 'third');
      expect(await session().labels(secretId)).toEqual({ [secondId]: ['AWSPREVIOUS'], [thirdId]: ['AWSCURRENT'] });
      expect((await session().read(secretId, { VersionId: firstId })).SecretString).toBe('first');
    });

    it('put as AWSPENDING leave the current one alone', async () => {
      const { secretId, firstId } = await session().create();

      const pendingId = await session().put(secretId, 'second', ['AWSPENDING']);

      expect(await session().labels(secretId)).toEqual({ [firstId]: ['AWSCURRENT'], [pendingId]: ['AWSPENDING'] });
      expect((await session().read(secretId, { VersionStage: 'AWSPENDING' })).SecretString).toBe('second');
    });

    it('become current when they are the first, whatever label was asked for', async () => {
      const secretId = randomUUID();
      await session().client.send(new CreateSecretCommand({ Name: secretId }));
      await session().expectRefusal(session().read(secretId), 'ResourceNotFoundException');

      const id = await session().put(secretId, 'first', ['AWSPENDING']);

      expect(await session().labels(secretId)).toEqual({ [id]: ['AWSCURRENT', 'AWSPENDING'] });
    });
  });
  describe('a ClientRequestToken', () => {
    it('makes a repeated creation the same one and refuses another value', async () => {
      const { secretId, firstId, arn } = await session().create();
      const again = (value: string, token: string) =>
        session().client.send(
          new CreateSecretCommand({ Name: secretId, SecretString: value, ClientRequestToken: token }),
        );

      expect(await again('first', firstId)).toMatchObject({ ARN: arn, VersionId: firstId });
      await session().expectRefusal(again('second', firstId), 'ResourceExistsException');
      await session().expectRefusal(again('first', randomUUID()), 'ResourceExistsException');
    });

    it('makes a repeated put the same one', async () => {
      const { secretId, firstId } = await session().create();
      const secondId = await session().put(secretId, 'second');
      const thirdId = await session().put(secretId, 'third');

      await session().put(secretId, 'second', undefined, secondId);

      expect(await session().labels(secretId)).toEqual({ [secondId]: ['AWSPREVIOUS'], [thirdId]: ['AWSCURRENT'] });
      await session().expectRefusal(session().put(secretId, 'other', undefined, firstId), 'ResourceExistsException');
      await session().expectRefusal(session().put(secretId, 'other', undefined, secondId), 'ResourceExistsException');
    });

    it('refuses a second value for a pending version', async () => {
      const { secretId } = await session().create();
      const pendingId = await session().put(secretId, 'second', ['AWSPENDING']);
      await session().put(secretId, 'second', ['AWSPENDING'], pendingId);

      await session().expectRefusal(
        session().put(secretId, 'other', ['AWSPENDING'], pendingId),
        'ResourceExistsException',
        'replaces the value of a pending version',
      );
    });
  });
};
