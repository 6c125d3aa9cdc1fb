import { legacyAcceptance, presentLegacyRefusal } from '#shared/adobe/services/photoshop/legacy/bodies.ts';
import {
  type EndedCall,
  type LegacyCall,
  type Translation,
  toLegacyPath,
} from '#shared/adobe/services/photoshop/legacy/call.ts';
import { documentCalls } from '#shared/adobe/services/photoshop/legacy/documents.ts';
import { documentStatusPath, endedCalls, lightroomStatusPath } from '#shared/adobe/services/photoshop/legacy/ended.ts';
import { lightroomCalls } from '#shared/adobe/services/photoshop/legacy/lightroom.ts';
import { serviceOf } from '#shared/adobe/services/registry.ts';
import { findNullFields, removeFields } from '#shared/requests/null-fields.ts';
import { maxRequestBytes } from '#shared/requests/request-validation.ts';
import { listErrors, toValidationErrors, type ValidationError } from '#shared/requests/validation-errors.ts';
import type { ApiContext } from '../context.ts';
import type { AcceptRequest } from '../generations/create.ts';
import { presentRefusalAs } from '../generations/present-refusal.ts';
import { readGenerationRequest } from '../generations/request.ts';
import { invalidBody, readJsonBody } from '../http/json-body.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { createTextKeeper } from './kept-texts.ts';
import { legacyStatusRoutes } from './status.ts';

/** Calls that Adobe has ended: answered by their successors in the words of old, or refused with what replaced them. */
export const legacyRoutes = (context: ApiContext, accept: AcceptRequest): Route[] => [
  ...lightroomCalls.map((call) => translatedRoute(context, accept, call, lightroomStatusPath)),
  ...documentCalls.map((call) => translatedRoute(context, accept, call, documentStatusPath)),
  ...endedCalls.map(endedRoute),
  ...legacyStatusRoutes(context),
];

const description = `Adobe ended this call on 2026-07-31. Its fields are translated to those of its successor, one by one; a field
without a faithful counterpart is refused by its name. The answer and the status have the shape of old.`;

const translatedRoute = (context: ApiContext, accept: AcceptRequest, call: LegacyCall, statusPath: string): Route => ({
  method: 'POST',
  path: call.path,
  describe: {
    tag: serviceOf(call.successor).title,
    summary: call.title,
    description,
    body: { 'application/json': call.body },
    answers: {
      202: { description: 'Accepted: where to follow it', content: { 'application/json': legacyAcceptance } },
    },
    errors: [403, 413, 415, 422, 503, '4XX', '5XX'],
    hasServiceErrors: true,
  },
  refuse: (error) => presentRefusalAs(error, presentLegacyRefusal, context.table.clock),
  handle: async (request) => {
    const given = readLegacyBody(request, call);
    const texts = createTextKeeper(context.objects, request.caller());
    const translation = call.translate(given, texts.keep);
    try {
      const wanted = readGenerationRequest(
        withBody(request, translation.body),
        call.successor,
        context.settings.operations,
      );
      await texts.store();
      const job = await accept(call.successor, wanted, request);
      const href = `${request.baseUrl}${statusPath.replace('{jobId}', job.jobId)}`;
      const warnings = job.warnings.length === 0 ? undefined : job.warnings;
      return jsonResponse(202, { _links: { self: { href } }, warnings }, { location: href });
    } catch (error) {
      throw nameLegacyFields(error, translation);
    }
  },
});

/** @throws {ProblemError} naming each field that is wrong or cannot be translated */
const readLegacyBody = ({ body }: ApiRequest, call: LegacyCall): unknown => {
  const { value } = readJsonBody(body, maxRequestBytes);
  const given = removeFields(structuredClone(value), findNullFields(call.body(), value));
  const { error } = call.body().safeParse(given);
  if (error !== undefined) throw invalidBody(toValidationErrors(error.issues, 'body'));
  return given;
};

const withBody = (request: ApiRequest, body: Record<string, unknown>): ApiRequest => ({
  ...request,
  body: { body: JSON.stringify(body), isBase64Encoded: false, contentType: 'application/json' },
});

/** A refusal of the successor's request, with the fields as the caller wrote them. */
const nameLegacyFields = (error: unknown, { places }: Translation): unknown => {
  if (!(error instanceof ProblemError) || error.details.validationErrors === undefined) return error;
  const validationErrors = error.details.validationErrors.map(
    ({ loc: [place = 'body', ...path], ...found }): ValidationError => ({
      ...found,
      loc: place === 'body' ? [place, ...toLegacyPath(path, places)] : [place, ...path],
    }),
  );
  const message = `The request is not valid: ${listErrors(validationErrors)}.`;
  return new ProblemError(error.status, error.code, message, { ...error.details, validationErrors });
};

const endedRoute = ({ path, advice }: EndedCall): Route => ({
  method: 'POST',
  path,
  describe: {
    tag: 'Photoshop',
    summary: 'Ended by Adobe',
    description: advice,
    answers: {},
    errors: [410],
    hasServiceErrors: true,
  },
  handle: async () => {
    const message = `Adobe has ended ${path}. ${advice}`;
    const body = presentLegacyRefusal({ status: 410, code: 'call_ended', message, fields: [] });
    throw new ProblemError(410, 'call_ended', message, { body });
  },
});
