import type { Run } from './lease.ts';
import { proveSecret } from './prove-secret.ts';

/**
 * Third step of a rotation: makes sure that the pending client secret works. Without a pending value there is nothing to
 * test; Secrets Manager calls this step alone when a rotation schedule is deployed, even on the placeholder.
 */
export const testSecret = async (run: Run, rotationToken: string): Promise<void> => {
  const pending = await run.ports.secrets.readPending(rotationToken);
  if (pending?.credentials === undefined) return;
  await proveSecret(run, pending.credentials);
};
