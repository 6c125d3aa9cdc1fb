import { GatewayError } from '../../errors.ts';
import { audioVideo } from './audio-video/service.ts';
import { contentTagging } from './content-tagging/service.ts';
import { firefly } from './firefly/service.ts';
import { illustrator } from './illustrator/service.ts';
import { image } from './image/service.ts';
import { indesign } from './indesign/service.ts';
import type { OperationDefinition } from './operation.ts';
import { photoshop } from './photoshop/service.ts';
import type { AdobeService, LaneDefinition } from './service.ts';
import { substance } from './substance/service.ts';

/** Every service that the gateway speaks; all else follows from this list. */
export const services: readonly AdobeService[] = [
  firefly,
  photoshop,
  image,
  indesign,
  illustrator,
  substance,
  audioVideo,
  contentTagging,
  // One line a service.
];

/** Every operation of every service. Routes, settings and the description of the API follow from it. */
export const operations: readonly OperationDefinition[] = services.flatMap((service) => service.operations);

/** A job names an operation that this version of the gateway does not have. */
export class UnknownOperationError extends GatewayError {
  constructor(message: string) {
    super('unknown_operation', message);
  }
}

/** The operation with this name, if there is one. */
export const findOperation = (name: string): OperationDefinition | undefined =>
  services.flatMap((service) => service.operations).find((operation) => operation.name === name);

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

/** Whether the outputs of a job may answer the same request. */
export const isReusable = (job: { operation: string; request: string }): boolean =>
  operationOf(job).reusable?.(JSON.parse(job.request)) === true;

/**
 * The service of an operation.
 *
 * @throws {UnknownOperationError} if no service has it
 */
export const serviceOf = ({ name }: Pick<OperationDefinition, 'name'>): AdobeService => {
  const found = services.find((service) => service.operations.some((operation) => operation.name === name));
  if (found === undefined) throw new UnknownOperationError(`No service has the operation ${name}.`);
  return found;
};

/** Path of the status call of an operation's jobs, Adobe's and the gateway's. */
export const getStatusPath = (operation: OperationDefinition): `/${string}` =>
  operation.statusPath ?? serviceOf(operation).statusPath;

/** Path of the cancel call of an operation's jobs, Adobe's and the gateway's; undefined if Adobe cannot cancel them. */
export const getCancelPath = (operation: OperationDefinition): `/${string}` | undefined =>
  operation.cancelPath ?? serviceOf(operation).cancelPath;

/** Every path of a service's calls, Adobe's and the gateway's. */
export const getPaths = ({ operations: own, lists = [], legacyPaths = [] }: AdobeService): string[] =>
  [
    ...own.flatMap((operation) => [
      operation.path,
      operation.waitPath ?? [],
      getStatusPath(operation),
      getCancelPath(operation) ?? [],
    ]),
    ...lists.map(({ path }) => path),
    ...legacyPaths,
  ].flat();

/** Every lane of every service. */
export const lanes: readonly LaneDefinition[] = services.flatMap((service) => service.lanes);

/**
 * The lane whose limit an operation counts against.
 *
 * @throws {UnknownOperationError} if its service has no such lane
 */
export const laneOf = (operation: Pick<OperationDefinition, 'name' | 'lane'>): LaneDefinition => {
  const service = serviceOf(operation);
  const { lane: name = service.lanes[0].name } = operation;
  const found = service.lanes.find((lane) => lane.name === name);
  if (found === undefined) throw new UnknownOperationError(`The service ${service.id} has no lane ${name}.`);
  return found;
};
