import * as z from 'zod';
import type { RawBody } from '../http/json-body.ts';
import { readBodyAs } from '../http/validated-body.ts';

const largestBody = 4_096;

/** What an operator may say about a pause. */
export const pauseRequest = z.strictObject({ reason: z.string().min(1).max(500).optional() });

/**
 * Why an operator pauses the queue, if the body says so; it may be empty.
 *
 * @throws {ProblemError} 400, 413 or 415 for a body that is no JSON, 422 naming each field that is wrong
 */
export const readPauseRequest = (body: RawBody): string | undefined =>
  body.body ? readBodyAs(pauseRequest, body, largestBody).reason : undefined;
