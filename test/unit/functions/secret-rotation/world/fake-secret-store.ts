import type { SecretStore, SecretVersion } from '#functions/secret-rotation/stores/secret-store.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { Clock } from '#shared/clock.ts';

type Label = 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';

export const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:test/client-credentials-AbCdEf';

/** Secrets Manager as its documentation tells it, for one secret. */
export const createFakeSecretStore = (clock: Clock) => {
  const versions = new Map<string, { createdAt: number; credentials?: ClientCredentials }>();
  const labels = new Map<Label, string>();

  const read = (id: string | undefined): SecretVersion | undefined => {
    const version = id === undefined ? undefined : versions.get(id);
    if (id === undefined || version?.credentials === undefined) return undefined;
    return { versionId: id, createdAt: version.createdAt, credentials: version.credentials };
  };
  const pendingElsewhere = () => {
    const pending = labels.get('AWSPENDING');
    return pending !== undefined && pending !== labels.get('AWSCURRENT') ? pending : undefined;
  };
  const state = {
    labels,
    versions,
    rotationRequested: false,
    nextRotationAt: undefined as number | undefined,
    failsNextPut: false as false | 'before' | 'after',
    pendingElsewhere,
    current: () => read(labels.get('AWSCURRENT')),
    previous: () => read(labels.get('AWSPREVIOUS')),
    /** An operator stores a new current value. */
    putCurrent: (id: string, credentials: ClientCredentials | undefined) => {
      const old = labels.get('AWSCURRENT');
      versions.set(id, { createdAt: clock.now(), ...(credentials === undefined ? {} : { credentials }) });
      labels.set('AWSCURRENT', id);
      if (old !== undefined) labels.set('AWSPREVIOUS', old);
    },
    /** Begins a rotation: the pending version has its label, but no value yet. */
    openPending: (id: string) => {
      versions.set(id, { createdAt: clock.now() });
      labels.set('AWSPENDING', id);
    },
  };

  const port: SecretStore = {
    describe: async () => {
      const stages: Record<string, string[]> = {};
      for (const [label, id] of labels) stages[id] = [...(stages[id] ?? []), label];
      const { nextRotationAt } = state;
      return { arn: secretArn, name: 'test/client-credentials', stages, nextRotationAt };
    },
    readCurrent: async () => {
      const id = labels.get('AWSCURRENT') ?? '';
      return read(id) ?? { versionId: id, createdAt: versions.get(id)?.createdAt ?? 0, credentials: undefined };
    },
    readPrevious: async () => state.previous(),
    readPending: async (id) => (labels.get('AWSPENDING') === id ? read(id) : undefined),
    putPending: async (id, credentials) => {
      const version = versions.get(id);
      const existing = version?.credentials;
      if (existing !== undefined && JSON.stringify(existing) !== JSON.stringify(credentials)) {
        throw new Error('ResourceExistsException');
      }
      const failure = state.failsNextPut;
      state.failsNextPut = false;
      if (failure === 'before') throw new Error('InternalServiceError');
      versions.set(id, { createdAt: clock.now(), credentials });
      labels.set('AWSPENDING', id);
      if (failure === 'after') throw new Error('InternalServiceError');
    },
    promote: async (id, currentId) => {
      if (labels.get('AWSCURRENT') !== currentId) throw new Error('InvalidParameterException');
      labels.set('AWSCURRENT', id);
      labels.set('AWSPREVIOUS', currentId);
    },
    removePending: async (id) => {
      if (labels.get('AWSPENDING') !== id) throw new Error('InvalidParameterException');
      labels.delete('AWSPENDING');
    },
    rotate: async () => {
      if (pendingElsewhere() !== undefined) throw new Error('InvalidRequestException');
      state.rotationRequested = true;
    },
  };
  return Object.assign(state, { port });
};
