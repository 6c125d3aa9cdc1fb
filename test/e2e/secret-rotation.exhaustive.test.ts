import { expect, it } from 'vitest';
import { startRotatedGateway } from './secret-rotation.ts';

it('the client secret is rotated and its predecessor retired while 50 jobs run, and none of them fails', async () => {
  const rotated = await startRotatedGateway();
  await rotated.rotateUnderLoad(50);
  await rotated.close();
  expect(rotated.gateway.logLines.join('\n')).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
}, 120_000);
