import { expect, it } from 'vitest';
import { startGateway } from '#test/fixtures/gateway.ts';
import { rotationOf } from './secret-rotation.ts';

it('the client secret is rotated and its predecessor retired while 50 jobs run, and none of them fails', async () => {
  const gateway = await startGateway();
  const rotation = rotationOf(gateway);
  await rotation.rotateUnderLoad(50);
  rotation.close();
  await gateway.close();
  expect(gateway.logLines.join('\n')).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
}, 120_000);
