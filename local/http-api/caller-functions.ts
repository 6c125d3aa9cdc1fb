import * as z from 'zod';
import { ProblemError } from '#functions/api/http/problem.ts';
import { openCallerPaths } from '#shared/callers/token-paths.ts';
import type { HttpApiEvent } from './request-event.ts';

/** The functions that let callers in with credentials of their own. */
export interface CallerFunctions {
  /** Runs the token endpoint and resolves with its result. */
  invokeCallerToken(event: HttpApiEvent): Promise<unknown>;
  /** Runs the authorizer and resolves with its result. */
  invokeAuthorize(event: HttpApiEvent): Promise<unknown>;
}

/** Whether a request is for the token endpoint, which is open to everybody. */
export const isCallerRoute = ({ rawPath }: HttpApiEvent): boolean => openCallerPaths.includes(rawPath);

const authorizationSchema = z.object({
  isAuthorized: z.boolean(),
  context: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Has the authorizer decide about a request that bears one of the gateway's own tokens, as the deployed API does in mode
 * `callers`. Any other request keeps the caller that it claims to be: there is nothing to protect on this machine.
 *
 * @throws {ProblemError} 403 if the authorizer does not let it in
 */
export const authorizeEvent = async (
  { invokeAuthorize }: CallerFunctions,
  event: HttpApiEvent,
): Promise<HttpApiEvent> => {
  if (!bearsOwnToken(event)) return event;
  const { isAuthorized, context = {} } = authorizationSchema.parse(await invokeAuthorize(event));
  if (!isAuthorized) throw new ProblemError(403, 'forbidden', 'The access token is not valid.');
  return { ...event, requestContext: { ...event.requestContext, authorizer: { lambda: context } } };
};

const headerSchema = z.object({ typ: z.literal('at+jwt') });

// The media type of an access token (RFC 9068); what other tokens a test or a page sends is taken as it is.
const bearsOwnToken = ({ headers }: HttpApiEvent): boolean => {
  const [, header] = /^Bearer +([\w-]+)\.[\w-]+\.[\w-]+$/i.exec(headers['authorization']?.trim() ?? '') ?? [];
  if (header === undefined) return false;
  try {
    return headerSchema.safeParse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).success;
  } catch {
    return false;
  }
};
