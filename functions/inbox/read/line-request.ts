import * as z from 'zod';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import type { OperationOverrides } from '#shared/adobe/services/operation-settings.ts';
import { findOperation } from '#shared/adobe/services/registry.ts';
import { parseExactly } from '#shared/exact-json.ts';
import { jsonProblem } from '#shared/json-limits.ts';
import { once } from '#shared/once.ts';
import { type Priority, priorities } from '#shared/priority.ts';
import { type Labels, labelRule, labelsSchema, parseLabels } from '#shared/requests/labels.ts';
import { maxTemplateLength } from '#shared/requests/name-template.ts';
import { findNullFields, removeFields } from '#shared/requests/null-fields.ts';
import {
  maxRequestBytes,
  validateRequest,
  validationSentence,
  writeBody,
} from '#shared/requests/request-validation.ts';
import { type LineInputs, readLineInputs } from './line-inputs.ts';

const maxIdLength = 255;
const maxMessageLength = 2_000;

/** The operation of a line that names none. */
export const defaultOperation = 'images/generate';

// DynamoDB takes no half of a surrogate pair, which JSON can hold.
const isWellFormed = (text: string): boolean => text.isWellFormed();

/** What a line holds, whatever the format of its file. */
const lineSchema = once(() =>
  z.strictObject({
    operation: z.string().default(defaultOperation),
    body: z.looseObject({}),
    id: z
      // A number that JavaScript cannot hold would come back as another one.
      .union([z.string(), z.int().transform(String)])
      .pipe(
        z
          .string()
          .min(1)
          .max(maxIdLength)
          .refine(isWellFormed, { error: 'is not valid Unicode' })
          // A report is read by programs that take a line break in a cell for a row of its own.
          .refine((id) => !/\p{Cc}/u.test(id), { error: 'has a control character, such as a line break or a tab' }),
      )
      .optional(),
    priority: z.enum(priorities).optional(),
    modelVersion: z.string().optional(),
    labels: z
      .union(
        [
          labelsSchema(),
          z.string().transform((text, context): Labels => {
            const labels = parseLabels(text);
            if (labels !== undefined) return labels;
            context.issues.push({ code: 'custom', message: labelRule, input: text });
            return z.NEVER;
          }),
        ],
        { error: labelRule },
      )
      .optional(),
    name: z
      .union([z.string(), z.int().transform(String)])
      .pipe(z.string().min(1).max(maxTemplateLength))
      .optional(),
  }),
);

/** A line that can be a job. */
export interface LineRequest {
  operation: OperationDefinition;
  body: Readonly<Record<string, unknown>>;
  /** What is stored and sent: the body as the line writes it. */
  text: string;
  id?: string;
  /** Where the line names one. */
  priority?: Priority;
  /** What the line gives as `x-model-version`. */
  modelVersion?: string;
  /** How the outputs are to be called, with placeholders. */
  name?: string;
  labels?: Labels;
  inputs: LineInputs;
  warnings: string[];
}

/** Why a line cannot be a job. */
export interface RejectedLine {
  id?: string;
  error: { code: string; message: string };
}

/**
 * Reads and checks a line as the API does with a request; the error never repeats what stands in it.
 *
 * @param json the line
 * @param nowMs epoch ms: a presigned URL that has expired by then is an error
 */
export const readLineRequest = (
  json: string,
  overrides: OperationOverrides,
  nowMs: number,
): LineRequest | RejectedLine => {
  const value = parse(json);
  if (value === undefined) return rejected(undefined, 'invalid_json', 'The line is not valid JSON.');
  const id = readLineId(value);
  const problem = jsonProblem(value);
  if (problem !== undefined) return rejected(id, 'invalid_json', `The line ${problem}.`);
  const fields = lineSchema().safeParse(removeFields(value, findNullFields(lineSchema(), value)));
  if (!fields.success)
    return rejected(id, 'validation_error', `The line is not a request: ${describeIssues(fields.error)}.`);
  const operation = findOperation(fields.data.operation);
  if (operation === undefined) {
    return rejected(id, 'unknown_operation', 'The line names an operation that the gateway does not have.');
  }
  if (operation.secretHeaders !== undefined) {
    const headers = operation.secretHeaders.join(', ');
    const message = `The operation needs a token of yours in the header ${headers}, which no file may hold: send it by itself.`;
    return rejected(id, 'secret_header_required', message);
  }
  const { body: given, modelVersion, priority, name, labels } = fields.data;
  const ownText = JSON.stringify((parseExactly(json) as { body: unknown }).body);
  if (Buffer.byteLength(ownText) > maxRequestBytes) {
    return rejected(id, 'request_too_large', `The body has more than ${maxRequestBytes} bytes.`);
  }
  // An operation without model versions ignores one, as the API does.
  const model = operation.models === undefined ? undefined : modelVersion;
  const validated = validateRequest(operation, given, model, overrides);
  const { nullFields, validationErrors, warnings } = validated;
  if (validationErrors.length > 0) return rejected(id, 'validation_error', validationSentence(validationErrors));
  // What passed is an object.
  const body = validated.body as Readonly<Record<string, unknown>>;
  const inputs = readLineInputs(body, nowMs);
  if ('code' in inputs) return rejected(id, inputs.code, inputs.message);
  const text = writeBody(ownText, nullFields);
  return { operation, body, text, id, priority, modelVersion: model, name, labels, inputs, warnings };
};

const rejected = (id: string | undefined, code: string, message: string): RejectedLine => ({
  id,
  error: { code, message: message.slice(0, maxMessageLength).toWellFormed() },
});

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** The caller's id of a line that may be wrong otherwise; undefined if the id itself is. */
export const readLineId = (value: unknown): string | undefined => {
  const id = lineSchema().shape.id.safeParse(
    typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined,
  );
  return id.data;
};

const describeIssues = ({ issues }: z.ZodError): string =>
  issues
    .map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `it has fields beside ${Object.keys(lineSchema().shape).join(', ')}`
        : `${issue.path.map(String).join('.') || 'it'}: ${issue.code === 'invalid_value' ? `is not one of ${issue.values.join(', ')}` : issue.message}`,
    )
    .join('; ');
