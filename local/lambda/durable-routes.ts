import type { Operation } from '@aws-sdk/client-lambda';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Executions } from './durable/executions.ts';
import type { ExecutionRecord } from './durable/kept-executions.ts';
import { checkpointSchema } from './durable/operation-update.ts';
import { invalidContent, invalidParameter } from './errors.ts';
import { parseFunctionReference } from './function-definition.ts';

const arnParams = z.object({ arn: z.string() });
const functionParams = z.object({ functionReference: z.string() });
const maxItems = z.coerce.number().int().min(0).max(1_000);

const stateQuery = z.object({
  CheckpointToken: z.string().min(1),
  Marker: z.string().optional(),
  MaxItems: maxItems.optional(),
});

const listQuery = z.object({
  DurableExecutionName: z.string().optional(),
  Statuses: z.union([z.string().transform((status) => [status]), z.array(z.string())]).optional(),
  ReverseOrder: z.stringbool().default(false),
  Marker: z.coerce.number().int().min(0).default(0),
  MaxItems: maxItems.default(100),
});

/** Adds the part of the API that reads and writes durable executions. */
export const registerDurableRoutes = (server: FastifyInstance, executions: Executions): void => {
  server.post('/2025-12-01/durable-executions/:arn/checkpoint', async (request) => {
    const { arn } = parse(arnParams, request.params);
    const answer = executions.running(arn).checkpoint(parse(checkpointSchema, readJson(request.body)));
    return {
      CheckpointToken: answer.checkpointToken,
      NewExecutionState: { Operations: answer.operations.map(toApiOperation) },
    };
  });

  server.get('/2025-12-01/durable-executions/:arn/state', async (request) => {
    const { arn } = parse(arnParams, request.params);
    const query = parse(stateQuery, request.query);
    const page = executions.running(arn).state({
      checkpointToken: query.CheckpointToken,
      marker: query.Marker || undefined,
      // Lambda reads 0 as its own maximum.
      maxItems: query.MaxItems || undefined,
    });
    return { Operations: page.operations.map(toApiOperation), NextMarker: page.nextMarker };
  });

  server.get('/2025-12-01/durable-executions/:arn', async (request) => {
    const { arn } = parse(arnParams, request.params);
    const record = executions.record(arn);
    return {
      ...toApiExecution(record),
      InputPayload: record.status === 'RUNNING' ? executions.running(arn).inputPayload : undefined,
      DurableConfig: { ExecutionTimeout: record.executionTimeoutSeconds },
    };
  });

  server.get('/2025-12-01/functions/:functionReference/durable-executions', async (request) => {
    const { name } = parseFunctionReference(parse(functionParams, request.params).functionReference);
    const query = parse(listQuery, request.query);
    const all = executions
      .list(name)
      .filter(
        (record) =>
          (query.DurableExecutionName === undefined || record.name === query.DurableExecutionName) &&
          (query.Statuses === undefined || query.Statuses.includes(record.status)),
      );
    if (query.ReverseOrder) all.reverse();
    const end = query.Marker + (query.MaxItems || 100);
    return {
      DurableExecutions: all.slice(query.Marker, end).map(toApiExecution),
      NextMarker: end < all.length ? String(end) : undefined,
    };
  });
};

const parse = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidParameter(z.prettifyError(parsed.error));
  return parsed.data;
};

const readJson = (body: unknown): unknown => {
  try {
    return JSON.parse(String(body));
  } catch {
    throw invalidContent('Could not parse request body into json.');
  }
};

/** A time as the Lambda API writes it: seconds since the epoch, with fractions. */
const epochSeconds = (time: Date | number | undefined) => (time === undefined ? undefined : Number(time) / 1000);

/** An operation as the Lambda API answers it; the invocation event carries ISO 8601 times instead. */
const toApiOperation = (operation: Operation) => ({
  ...operation,
  StartTimestamp: epochSeconds(operation.StartTimestamp),
  EndTimestamp: epochSeconds(operation.EndTimestamp),
  StepDetails: operation.StepDetails && {
    ...operation.StepDetails,
    NextAttemptTimestamp: epochSeconds(operation.StepDetails.NextAttemptTimestamp),
  },
  WaitDetails: operation.WaitDetails && {
    ScheduledEndTimestamp: epochSeconds(operation.WaitDetails.ScheduledEndTimestamp),
  },
});

/** A durable execution as the Lambda API lists it. */
const toApiExecution = (record: ExecutionRecord) => ({
  DurableExecutionArn: record.arn,
  DurableExecutionName: record.name,
  FunctionArn: record.functionArn,
  Status: record.status,
  StartTimestamp: epochSeconds(record.startedAt),
  EndTimestamp: epochSeconds(record.endedAt),
});
