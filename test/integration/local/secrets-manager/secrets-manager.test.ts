import { afterAll, beforeAll, describe } from 'vitest';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { describeLabels } from './label-behaviour.ts';
import { motoIsInstalled, startMotoServer } from './moto-server.ts';
import { describeRotation } from './rotation-behaviour.ts';
import { type Backend, createSession, type Deviation, type Session } from './session.ts';
import { describeValues } from './value-behaviour.ts';

const describeBackend = (start: () => Promise<Backend>, deviations: readonly Deviation[]) => () => {
  let backend: Backend;
  let session: Session;

  beforeAll(async () => {
    backend = await start();
    session = createSession(backend, deviations);
  });

  afterAll(async () => {
    session?.client.destroy();
    await backend?.close();
  });

  describeValues(() => session);
  describeLabels(() => session);
  describeRotation(() => session);
};

const startStandIn = async (): Promise<Backend> => {
  const server = await startSecretsManager({
    invokeFunction: async () => {},
    rotationRetries: 0,
    onFailedAttempt: () => {},
  });
  return { ...server, rotationFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:rotation' };
};

describe('the stand-in for Secrets Manager', describeBackend(startStandIn, []));

/** Where moto accepts what AWS refuses, or forgets what AWS keeps; the stand-in follows AWS. */
const motoDeviations: readonly Deviation[] = [
  'replaces the value of a pending version',
  'takes a label from a version that was not named',
  'removes AWSCURRENT without a target',
  'rotates while AWSPENDING is left on another version',
  'rotates without a rotation function',
  'forgets the rotation function',
];

const installed = motoIsInstalled();
if (!installed) console.info('moto_server is not on the PATH: the comparison with moto is skipped.');

describe.runIf(installed)(
  "Python's moto (skipped where moto_server is not on the PATH)",
  describeBackend(startMotoServer, motoDeviations),
);
