import { describe, it } from 'vitest';
import { motoIsInstalled } from '#test/integration/local/secrets-manager/moto-server.ts';
import { describeCrashes, describeRotation } from './rotation-behaviour.ts';

describe('the rotation over the real protocols', () => describeCrashes('stand-in'));

describe.runIf(motoIsInstalled())('the rotation with Secrets Manager played by moto', () => {
  describeRotation('moto');
  describeCrashes('moto');
});

it.skipIf(motoIsInstalled())(
  'moto_server is not installed: what is tried with the stand-in was not tried with it',
  () => undefined,
);
