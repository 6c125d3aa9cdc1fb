import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { Session } from './session.ts';

/** How secrets are listed, tagged and deleted. */
export const describeCatalogue = (session: () => Session): void => {
  describe('secrets', () => {
    it('are listed, filtered by name', async () => {
      const { secretId, arn } = await session().create();
      await session().create();

      const { SecretList } = await session().client.send(
        new ListSecretsCommand({ Filters: [{ Key: 'name', Values: [secretId.slice(0, -2)] }] }),
      );

      expect(SecretList).toHaveLength(1);
      expect(SecretList?.[0]).toMatchObject({ ARN: arn, Name: secretId });
    });

    it('are listed page by page', async () => {
      const prefix = `page-${randomUUID()}`;
      for (const number of [1, 2, 3])
        await session().client.send(new CreateSecretCommand({ Name: `${prefix}/${number}` }));
      const request = { Filters: [{ Key: 'name' as const, Values: [prefix] }], MaxResults: 2 };

      const first = await session().client.send(new ListSecretsCommand(request));
      const second = await session().client.send(new ListSecretsCommand({ ...request, NextToken: first.NextToken }));

      const names = [first, second].map(({ SecretList }) => SecretList?.map((secret) => secret.Name));
      expect(names.map((page) => page?.length)).toEqual([2, 1]);
      expect(new Set(names.flat()).size).toBe(3);
      expect(second.NextToken).toBeUndefined();
    });

    it('carry tags', async () => {
      const { secretId } = await session().create();
      const tags = async () => (await session().client.send(new DescribeSecretCommand({ SecretId: secretId }))).Tags;

      await session().client.send(
        new TagResourceCommand({ SecretId: secretId, Tags: [{ Key: 'stage', Value: 'test' }] }),
      );
      expect(await tags()).toEqual([{ Key: 'stage', Value: 'test' }]);

      await session().client.send(new UntagResourceCommand({ SecretId: secretId, TagKeys: ['stage'] }));
      expect((await tags()) ?? []).toEqual([]);
    });

    it('marked for deletion are refused until they are restored', async () => {
      const { secretId } = await session().create();
      await session().client.send(new DeleteSecretCommand({ SecretId: secretId }));
      await session().expectRefusal(session().read(secretId), 'InvalidRequestException');

      await session().client.send(new RestoreSecretCommand({ SecretId: secretId }));

      expect((await session().read(secretId)).SecretString).toBe('first');
    });

    it('deleted without recovery are gone', async () => {
      const { secretId } = await session().create();

      await session().client.send(new DeleteSecretCommand({ SecretId: secretId, ForceDeleteWithoutRecovery: true }));

      await session().expectRefusal(session().read(secretId), 'ResourceNotFoundException');
    });
  });
};
