import { ServiceException } from '@smithy/core/client';
import { collectBody, type HttpResponse, loadJsonRpcErrorCode } from '@smithy/core/protocols';
import { streamCollector } from '@smithy/node-http-handler';
import type { MetadataBearer } from '@smithy/types';

/** Whether a write was refused because its condition does not hold. */
export const isConditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/**
 * Reads what DynamoDB answers.
 *
 * @throws {ServiceException} by DynamoDB's name of the error, with its further members, such as the reasons of a cancelled transaction
 */
export const readAnswer = async (response: HttpResponse): Promise<MetadataBearer> => {
  const { statusCode, headers } = response;
  const text = Buffer.from(await collectBody(response.body, { streamCollector })).toString();
  const $metadata = { httpStatusCode: statusCode, requestId: headers['x-amzn-requestid'] };
  if (statusCode >= 300) throw createError(response, parseError(text), $metadata);
  return Object.assign(parse(text, $metadata), { $metadata });
};

const parse = (text: string, $metadata: MetadataBearer['$metadata']): object => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the text, which may be a prompt.
    throw new ServiceException({ name: 'UnreadableAnswer', $fault: 'server', $metadata, message: 'It is no JSON.' });
  }
};

/** What stands between us and DynamoDB may answer an error with anything. */
const parseError = (text: string): Record<string, unknown> => {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
};

const createError = (
  response: HttpResponse,
  body: Record<string, unknown>,
  $metadata: MetadataBearer['$metadata'],
): ServiceException => {
  const { message, Message, __type, ...members } = body;
  const exception = new ServiceException({
    name: loadJsonRpcErrorCode(response, body) ?? 'Unknown',
    $fault: response.statusCode >= 500 ? 'server' : 'client',
    $metadata,
    message: String(message ?? Message ?? `DynamoDB answered with ${response.statusCode}.`),
  });
  // For the retries, which look at `Retry-After`; logs of the error are to leave it out.
  Object.defineProperty(exception, '$response', { value: response, enumerable: false });
  return Object.assign(exception, members);
};
