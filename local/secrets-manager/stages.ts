import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import { type Operation, operation } from '../aws-json-server.ts';
import { ServiceError } from '../service-error.ts';
import { moveLabel, type SecretStore } from './secrets.ts';
import { invalidParameter, requestToken, secretId } from './values.ts';

/** UpdateSecretVersionStage: a label is only taken from the version that the caller names as its holder. */
export const updateSecretVersionStage = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.strictObject({
      SecretId: secretId,
      VersionStage: z.string().min(1).max(256),
      MoveToVersionId: requestToken.optional(),
      RemoveFromVersionId: requestToken.optional(),
    }),
    invalidParameter,
    (input) => {
      const secret = store.find(input.SecretId);
      const { VersionStage: stage, MoveToVersionId: target, RemoveFromVersionId: source } = input;
      const holder = secret.labels.get(stage);
      if (target === undefined && source === undefined) {
        throw new ServiceError(invalidParameter, 'You must provide MoveToVersionId, RemoveFromVersionId or both.');
      }
      for (const versionId of [target, source]) {
        if (versionId !== undefined && !secret.versions.has(versionId)) {
          throw new ServiceError(
            'ResourceNotFoundException',
            `Secrets Manager can't find the specified secret version: ${versionId}.`,
          );
        }
      }
      if (source !== undefined && source !== holder) {
        throw new ServiceError(invalidParameter, `Staging label ${stage} isn't attached to version ${source}.`);
      }
      if (target === undefined) {
        if (stage === 'AWSCURRENT') {
          throw new ServiceError(
            invalidParameter,
            "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
          );
        }
        secret.labels.delete(stage);
      } else {
        if (source === undefined && holder !== undefined && holder !== target) {
          throw new ServiceError(
            invalidParameter,
            `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
          );
        }
        moveLabel(secret, stage, target);
      }
      secret.changedAt = clock.now();
      store.keep(secret);
      return { ARN: secret.arn, Name: secret.name };
    },
  );
