import * as z from 'zod/mini';
import { once } from '../../once.ts';
import type { OperationDefinition, PollingPolicy } from './operation.ts';
import { findOperation, serviceOf } from './registry.ts';

const seconds = once(() => z.int().check(z.gte(1)));

/** What a deployment may set of an operation; the rest stays as the operation has it. */
const operationOverride = once(() =>
  z.strictObject({
    firstPollSeconds: z.optional(seconds().check(z.lte(300))),
    pollCeilingSeconds: z.optional(seconds().check(z.lte(900))),
    timeoutSeconds: z.optional(seconds().check(z.lte(86_400))),
    /** What is sent as `x-model-version` for callers that name none. */
    modelVersion: z.optional(z.string().check(z.minLength(1))),
    /** Whether Adobe hosts its outputs, or writes them to the gateway's bucket. */
    outputs: z.optional(z.enum(['hosted', 'destination'])),
  }),
);

/** What a deployment may set of an operation. */
export type OperationOverride = z.output<ReturnType<typeof operationOverride>>;

/** Settings by the name of their operation; each wrong one is an issue under its name. */
export const operationOverrides = once(() =>
  z.record(z.string(), operationOverride()).check(
    z.superRefine((overrides, context) => {
      for (const [name, override] of Object.entries(overrides)) {
        const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
        const operation = findOperation(name);
        if (operation === undefined) {
          refuse([name], 'is not an operation of the gateway');
          continue;
        }
        const { firstPollSeconds, pollCeilingSeconds } = pollingPolicyFor(operation, { [name]: override });
        const { statusSeconds = Number.POSITIVE_INFINITY } = serviceOf(operation);
        if (pollCeilingSeconds > statusSeconds / 2) {
          refuse(
            [name, 'pollCeilingSeconds'],
            `must not exceed ${statusSeconds / 2}: Adobe forgets jobs soon after their end`,
          );
        }
        if (firstPollSeconds > pollCeilingSeconds) {
          refuse([name, 'firstPollSeconds'], `must not exceed pollCeilingSeconds (${pollCeilingSeconds})`);
        }
        if (override.outputs === 'destination' && operation.destinations?.write === undefined) {
          refuse([name, 'outputs'], 'must be hosted: Adobe takes no destination here');
        }
        if (override.outputs === 'hosted' && serviceOf(operation).outputs === 'destination') {
          refuse([name, 'outputs'], 'must be destination: Adobe does not host these outputs');
        }
        if (override.modelVersion !== undefined && !operation.models?.values.includes(override.modelVersion)) {
          refuse([name, 'modelVersion'], `must be one of ${operation.models?.values.join(', ') ?? 'none'}`);
        }
      }
    }),
  ),
);

/** Settings by the name of their operation. */
export type OperationOverrides = Readonly<Record<string, OperationOverride>>;

/** How a job of the operation is followed. */
export const pollingPolicyFor = (operation: OperationDefinition, overrides: OperationOverrides): PollingPolicy => {
  const { firstPollSeconds, pollCeilingSeconds, timeoutSeconds } = overrides[operation.name] ?? {};
  return {
    firstPollSeconds: firstPollSeconds ?? operation.polling.firstPollSeconds,
    learnsFirstPoll: firstPollSeconds === undefined,
    pollCeilingSeconds: pollCeilingSeconds ?? operation.polling.pollCeilingSeconds,
    timeoutSeconds: timeoutSeconds ?? operation.polling.timeoutSeconds,
  };
};

/** Where the outputs of an operation are to be. */
export const findOutputs = (operation: OperationDefinition, overrides: OperationOverrides): 'hosted' | 'destination' =>
  overrides[operation.name]?.outputs ?? operation.outputs ?? serviceOf(operation).outputs;

/** The model version that is sent to Adobe for a caller that names none; undefined where there is no such header. */
export const defaultModelVersion = (
  operation: OperationDefinition,
  overrides: OperationOverrides,
): string | undefined => overrides[operation.name]?.modelVersion ?? operation.models?.default;
