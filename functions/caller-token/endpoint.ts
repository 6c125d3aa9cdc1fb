import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { isThrottled, isUnavailable } from '#shared/aws/failures.ts';
import { jwksPath, metadataPath, tokenPaths } from '#shared/callers/token-paths.ts';
import type { CallerTokenContext } from './context.ts';
import { viewKeys, viewMetadata } from './discovery.ts';
import { ImsRefusal, imsErrorResponse, imsResponse } from './ims-response.ts';
import { issueToken } from './issue-token.ts';
import { readTokenRequest } from './token-request.ts';

/**
 * Answers the open routes of the token endpoint. Whatever is sent, the answer is JSON in the words of Adobe IMS.
 *
 * @returns the handler of an event of the HTTP API
 */
export const createTokenEndpoint =
  (context: CallerTokenContext) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const debugId = randomUUID();
    try {
      return await route(context, event, debugId);
    } catch (error) {
      if (error instanceof ImsRefusal) return imsErrorResponse(error, debugId);
      context.log.error('A token could not be issued.', {
        debugId,
        error: error instanceof Error ? error.name : 'unknown',
      });
      // A second token does no harm, so that the client may ask again.
      const refusal =
        isThrottled(error) || isUnavailable(error)
          ? new ImsRefusal('temporarily_unavailable', 'try again', { status: 503, retryAfterSeconds: 5 })
          : new ImsRefusal('server_error', 'the token could not be issued', { status: 500 });
      return imsErrorResponse(refusal, debugId);
    }
  };

const route = async (
  context: CallerTokenContext,
  event: APIGatewayProxyEventV2,
  debugId: string,
): Promise<APIGatewayProxyStructuredResultV2> => {
  const { rawPath: path } = event;
  const { method, sourceIp } = event.requestContext.http;
  if (tokenPaths.some((each) => each === path)) {
    if (method !== 'POST') return methodNotAllowed('POST', debugId);
    return imsResponse(200, await issueToken(context, readTokenRequest(event), sourceIp), debugId);
  }
  if (path !== jwksPath && path !== metadataPath) {
    throw new ImsRefusal('not_found', 'no such endpoint', { status: 404 });
  }
  if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed('GET, HEAD', debugId);
  const body = path === jwksPath ? await viewKeys(context) : viewMetadata(context);
  const answer = imsResponse(200, body, debugId, { 'cache-control': 'public, max-age=300' });
  return method === 'HEAD' ? { ...answer, body: '' } : answer;
};

const methodNotAllowed = (allow: string, debugId: string): APIGatewayProxyStructuredResultV2 =>
  imsResponse(405, { error: 'method_not_allowed', error_description: `use ${allow}` }, debugId, { allow });
