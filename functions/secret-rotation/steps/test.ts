import type { RotationPorts } from '../context.ts';
import type { Run } from '../lease.ts';
import { verifySecret } from './prove-secret.ts';

/** Whether there is anything to test: a deployment calls testSecret for a version without a value, even on the placeholder. */
export const hasPendingValue = async ({ secrets }: RotationPorts, rotationToken: string): Promise<boolean> =>
  (await secrets.readPending(rotationToken))?.credentials !== undefined;

/** Third step of a rotation: makes sure that the pending client secret works. Without a pending value it returns quietly. */
export const testSecret = async (run: Run, rotationToken: string): Promise<void> => {
  const pending = await run.ports.secrets.readPending(rotationToken);
  if (pending?.credentials === undefined) return;
  await verifySecret(run, pending.credentials);
};
