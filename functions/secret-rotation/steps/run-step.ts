import type { StepEvent } from '#shared/aws/rotation-event.ts';
import { type RotationContext, type RotationOptions, withLease } from '../context.ts';
import { LeaseLostError, RotationEndedError, RotationError } from '../errors.ts';
import { reportChecked, reportFailure, reportPlanned, reportRotated } from '../status-report.ts';
import { abortRotation } from './abort.ts';
import { createSecret } from './create.ts';
import { finishSecret } from './finish.ts';
import { hasPendingValue, testSecret } from './test.ts';

/**
 * Runs one step of a rotation. A step that fails ends the rotation: its label is taken off, so that the next one can
 * begin with `RotateSecret` alone. A deployment calls testSecret without a rotation: then the next one is put on record.
 *
 * @throws {RotationError} `wrong_secret` if the event is about another secret; RotationEndedError if the rotation is over
 * @throws {RotationBusyError} if another run works on the client secrets; nothing is ended then
 * @throws what made the step fail
 */
export const runStep = async (options: RotationOptions, event: StepEvent): Promise<void> => {
  const { ports, policy } = options;
  const { Step: step, ClientRequestToken: rotationToken } = event;
  // Adobe has the secret from the moment it was made.
  if (step === 'setSecret') return;
  const { arn, name, stages } = await ports.secrets.describe();
  if (event.SecretId !== arn && event.SecretId !== name) {
    throw new RotationError('wrong_secret', `This function rotates ${name}, not ${event.SecretId}.`);
  }
  const labels = stages[rotationToken] ?? [];
  if (step !== 'finishSecret' && labels.includes('AWSCURRENT')) return;
  if (step === 'testSecret' && !(await hasPendingValue(ports, rotationToken))) {
    await reportPlanned(ports, policy);
    // Or the alarm of a missing daily run would go off at the first deployment, and stay until the next noon.
    return reportChecked(ports);
  }
  if (!labels.includes('AWSPENDING') && !labels.includes('AWSCURRENT')) throw new RotationEndedError(rotationToken);

  const handsOver = step !== 'finishSecret';
  await withLease({ ...options, rotationToken, handsOver }, async (context) => {
    try {
      await runUnderLease(context, step, rotationToken);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) await fail(context, step, rotationToken, error);
      throw error;
    }
  });
  if (step === 'finishSecret') await reportRotated(ports, policy);
};

const runUnderLease = (context: RotationContext, step: StepEvent['Step'], rotationToken: string): Promise<void> => {
  if (step === 'createSecret') return createSecret(context, rotationToken);
  return step === 'finishSecret' ? finishSecret(context, rotationToken) : testSecret(context, rotationToken);
};

const fail = async (context: RotationContext, step: string, rotationToken: string, error: unknown): Promise<void> => {
  try {
    await reportFailure(context.ports, step, error);
  } finally {
    await abortRotation(context, rotationToken);
  }
};
