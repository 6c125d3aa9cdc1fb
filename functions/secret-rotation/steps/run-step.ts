import type { RotationPolicy, RotationPorts } from '../context.ts';
import { LeaseLostError, RotationEndedError, RotationError } from '../errors.ts';
import { type Run, withLease } from '../lease.ts';
import { reportFailure, reportRotated } from '../status-report.ts';
import { abortRotation } from './abort.ts';
import { createSecret } from './create.ts';
import { finishSecret } from './finish.ts';
import { hasPendingValue, testSecret } from './test.ts';

/** The steps in which Secrets Manager rotates a secret (AWS). */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** What Secrets Manager invokes a rotation function with (AWS). */
export interface StepEvent {
  Step: (typeof rotationSteps)[number];
  SecretId: string;
  ClientRequestToken: string;
}

/**
 * Runs one step of a rotation. A step that fails ends the rotation: its label is taken off, so that the next one can
 * begin with `RotateSecret` alone.
 *
 * @param options.deadline epoch ms when the run must have ended
 * @throws {RotationBusyError} if another run works on the client secrets; nothing is ended then
 * @throws whatever made the step fail
 */
export const runStep = async (
  options: { ports: RotationPorts; policy: RotationPolicy; deadline: number },
  event: StepEvent,
): Promise<void> => {
  const { ports, policy } = options;
  const { Step: step, ClientRequestToken: rotationToken } = event;
  // Adobe has the secret from the moment it was made.
  if (step === 'setSecret') return;
  const { arn, name, stages } = await ports.secrets.describe();
  if (event.SecretId !== arn && event.SecretId !== name) {
    throw new RotationError('wrong_secret', `This function rotates ${name}, not ${event.SecretId}.`);
  }
  const labels = stages[rotationToken] ?? [];
  if (!labels.includes('AWSPENDING') && !labels.includes('AWSCURRENT')) {
    if (step === 'testSecret') return;
    throw new RotationEndedError(rotationToken);
  }
  if (step !== 'finishSecret' && labels.includes('AWSCURRENT')) return;

  if (step === 'testSecret' && !(await hasPendingValue(ports, rotationToken))) return;

  const handsOver = step !== 'finishSecret';
  await withLease({ ...options, rotationToken, handsOver }, async (run) => {
    try {
      await runUnderLease(run, step, rotationToken);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) await end(run, step, rotationToken, error);
      throw error;
    }
  });
  if (step === 'finishSecret') await reportRotated(ports, policy);
};

const runUnderLease = (run: Run, step: StepEvent['Step'], rotationToken: string): Promise<void> => {
  if (step === 'createSecret') return createSecret(run, rotationToken);
  return step === 'finishSecret' ? finishSecret(run, rotationToken) : testSecret(run, rotationToken);
};

const end = async (run: Run, step: string, rotationToken: string, error: unknown): Promise<void> => {
  try {
    await reportFailure(run.ports, step, error);
  } finally {
    await abortRotation(run, rotationToken);
  }
};
