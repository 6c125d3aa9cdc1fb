import { pollingPolicyFor } from '../adobe/services/operation-settings.ts';
import type { FunctionName } from './names.ts';
import { enabledServices, getOperationOverrides, type ServicesSettings } from './services.ts';
import type { Settings } from './settings.ts';

/** How long a function may run. */
export interface Timeouts {
  /** One invocation. */
  timeoutSeconds: number;
  /** One durable execution, with all its invocations and the waits between them; only durable functions have any. */
  executionSeconds?: number;
}

const hour = 3_600;

/** How long each function may run. */
export const getTimeouts = ({
  services,
  propagationSeconds,
}: Pick<Settings, 'services' | 'propagationSeconds'>): Record<FunctionName, Timeouts> => ({
  // The HTTP API gives up after 30 s; a synchronous call waits for up to 25 s.
  api: { timeoutSeconds: 29 },
  dispatch: { timeoutSeconds: 60 },
  // One invocation may have to stream a large output whole. Beyond the time given to Adobe: the wait for the permit, the
  // storing of the outputs, retries of steps.
  generate: { timeoutSeconds: 900, executionSeconds: maxJobSeconds(services) + 2 * hour },
  // One step reads a file whole to count its lines.
  inbox: { timeoutSeconds: 900, executionSeconds: 24 * hour },
  // One call may take 15 s. A message is tried for a day; the rest is for failures on this side.
  notify: { timeoutSeconds: 60, executionSeconds: 48 * hour },
  // Ends before its callers stop waiting for it, after a minute.
  'token-refresh': { timeoutSeconds: 55 },
  'secret-rotation': { timeoutSeconds: 300 + propagationSeconds },
});

const maxJobSeconds = (services: ServicesSettings): number => {
  const overrides = getOperationOverrides(services);
  const operations = enabledServices(services).flatMap((service) => service.operations);
  return Math.max(...operations.map((operation) => pollingPolicyFor(operation, overrides).timeoutSeconds));
};
