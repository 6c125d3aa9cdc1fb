import { v5, v7 } from 'uuid';
import { ProblemError } from '../http/problem.ts';

const namespace = 'f1b5e4a2-6c0d-5b7e-9a38-2d4c6e8f0a13';
const longestKey = 255;

/**
 * Checks an `Idempotency-Key`.
 *
 * @throws {ProblemError} 400 if it is blank or longer than 255 characters
 */
export const readIdempotencyKey = (key: string | undefined): string | undefined => {
  if (key === undefined || (key.trim() !== '' && key.length <= longestKey)) return key;
  const problem = `must have 1 to ${longestKey} characters and not be blank`;
  throw new ProblemError(400, 'bad_request', `The header Idempotency-Key ${problem}.`, {
    validationErrors: [{ loc: ['header', 'Idempotency-Key'], msg: `value ${problem}`, type: 'value_error' }],
  });
};

/**
 * The id of a job. With an idempotency key it follows from stack, caller and key, so that a repeated request finds the
 * job that the first one made; without one it is new and sorts by time.
 */
export const jobIdOf = (stackName: string, caller: string, key: string | undefined): string =>
  key === undefined ? v7() : v5(JSON.stringify([caller, key]), v5(stackName, namespace));
