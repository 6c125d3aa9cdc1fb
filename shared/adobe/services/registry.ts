import { operations } from './firefly/operations.ts';
import type { OperationDefinition } from './operation.ts';

/** A job names an operation that this version of the gateway does not have. */
export class UnknownOperationError extends Error {
  override readonly name = 'UnknownOperationError';
}

/** The operation with this name, if there is one. */
export const findOperation = (name: string): OperationDefinition | undefined =>
  operations.find((operation) => operation.name === name);

/**
 * The operation of a job.
 *
 * @throws {UnknownOperationError} if a later version made the job
 */
export const operationOf = ({ operation: name }: { operation: string }): OperationDefinition => {
  const operation = findOperation(name);
  if (operation === undefined) throw new UnknownOperationError(`This version does not know the operation ${name}.`);
  return operation;
};
