import type * as z from 'zod';
import { Refusal } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { FieldIssue, ServiceOperation, ServiceRefusal, SimulatedService } from './definition.ts';
import { findUrlIssue } from './inputs.ts';

/** A refusal in the words of a service. */
export const refusal = ({ refuse }: Pick<SimulatedService, 'refuse'>, reason: ServiceRefusal): Refusal => {
  const answer = refuse(reason);
  const headers = {
    ...(reason.kind === 'rate_limited' && { 'retry-after': String(reason.retryAfterSeconds) }),
    ...(reason.kind === 'method' && { allow: reason.allowed }),
    ...answer.headers,
  };
  return new Refusal({ ...answer, headers });
};

/**
 * Reads the body of a request that the limits let through, in Adobe's order: its size, content type, form, fields, and the
 * hosts of its inputs.
 *
 * @param storageOrigins stand in for S3
 * @throws {Refusal} in the service's words
 */
export const readServiceRequest = (
  service: SimulatedService,
  operation: ServiceOperation,
  request: ReceivedRequest,
  storageOrigins: readonly string[],
): Record<string, unknown> => {
  if (request.bodyTooLarge) throw refusal(service, { kind: 'too_large', message: 'The request is too large' });
  const given = operation.readBody === undefined ? readJson(service, request) : operation.readBody(request);
  const parsed = operation.body.safeParse(given, { reportInput: true });
  const issues = (parsed.error?.issues ?? []).map(toFieldIssue);
  for (const header of operation.requiredHeaders ?? []) {
    if (!request.headers[header]) {
      issues.push({ path: [header], message: 'header required', code: 'invalid_type', isMissing: true });
    }
  }
  if (!parsed.success || issues.length > 0) throw fieldRefusal(service, issues);
  const wrongUrls = operation.inputs(parsed.data).flatMap((input): FieldIssue[] => {
    const message = findUrlIssue(input, service.inputDomains, storageOrigins);
    return message === undefined ? [] : [{ path: input.path, message, code: 'custom', isMissing: false }];
  });
  if (wrongUrls.length > 0) throw fieldRefusal(service, wrongUrls);
  return parsed.data;
};

const fieldRefusal = (service: SimulatedService, issues: readonly FieldIssue[]): Refusal => {
  const [first] = issues;
  const message = first === undefined ? 'Invalid request' : `${first.path.join('.') || 'body'}: ${first.message}`;
  return refusal(service, { kind: 'fields', message, issues });
};

const toFieldIssue = (issue: z.core.$ZodIssue): FieldIssue => ({
  path: issue.path.map((key) => (typeof key === 'number' ? key : String(key))),
  message: issue.code === 'invalid_type' && issue.input === undefined ? 'field required' : issue.message,
  code: issue.code,
  isMissing: issue.code === 'invalid_type' && issue.input === undefined,
});

const readJson = (service: SimulatedService, request: ReceivedRequest): unknown => {
  const [contentType = ''] = (request.headers['content-type'] ?? '').split(';');
  if (contentType.trim().toLowerCase() !== 'application/json') {
    throw refusal(service, { kind: 'content_type', message: `Content type ${contentType || 'none'} is not supported` });
  }
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(service, { kind: 'json', message: 'The body is not valid JSON' });
  }
};
