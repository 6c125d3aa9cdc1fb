import type { FunctionName } from './names.ts';
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
  propagationSeconds,
}: Pick<Settings, 'propagationSeconds'>): Record<FunctionName, Timeouts> => ({
  // The HTTP API gives up after 30 s; a synchronous call waits for up to 25 s.
  api: { timeoutSeconds: 29 },
  // One call to Adobe takes 25 s at most, and ends before api stops waiting.
  passthrough: { timeoutSeconds: 28 },
  dispatch: { timeoutSeconds: 60 },
  // One invocation may have to stream a large output whole. Beyond the day for which Adobe is asked about
  // a job at most: the wait for the permit, the storing of the outputs, retries of steps.
  generate: { timeoutSeconds: 900, executionSeconds: 24 * hour + 2 * hour },
  // One step reads a file whole to count its lines.
  inbox: { timeoutSeconds: 900, executionSeconds: 24 * hour },
  // One call may take 15 s. A message is tried for a day; the rest is for failures on this side.
  notify: { timeoutSeconds: 60, executionSeconds: 48 * hour },
  // An image of 40 megapixels takes seconds; an inspection that is older counts as cut off.
  thumbnail: { timeoutSeconds: 55 },
  // Ends before its callers stop waiting for it, after a minute.
  'token-refresh': { timeoutSeconds: 55 },
  'secret-rotation': { timeoutSeconds: 300 + propagationSeconds },
  'caller-token': { timeoutSeconds: 15 },
  // API Gateway waits for an authorizer for 10 s.
  authorize: { timeoutSeconds: 10 },
  'signing-key': { timeoutSeconds: 60 },
});
