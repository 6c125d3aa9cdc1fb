import type { HttpEvent } from './request.ts';
import type { RouteDescription } from './route-description.ts';

/** AWS could not be reached, did not answer in time or failed by itself: the cause is its error. */
export class UnansweredError extends Error {
  /** Whether the same request sent again does nothing twice. */
  readonly isRepeatable: boolean;

  constructor(cause: Error, isRepeatable: boolean) {
    super('AWS did not answer.', { cause });
    this.isRepeatable = isRepeatable;
  }
}

const keyHeader = 'Idempotency-Key';

/** Whether the same request sent again does nothing twice: by its method (RFC 9110, 9.2.2), or by its key where the route takes one. */
export const isRepeatable = (
  { method, describe }: { method: string; describe: RouteDescription },
  { headers }: HttpEvent,
): boolean =>
  method !== 'POST' ||
  (headers?.[keyHeader.toLowerCase()] !== undefined && keyHeader in (describe.headers?.().shape ?? {}));
