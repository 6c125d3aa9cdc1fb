import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { invalidContent, invalidParameter } from './errors.ts';
import type { Invocations, InvokeAnswer, InvokeRequest } from './invocations.ts';

const requestSchema = z.object({
  params: z.object({ functionReference: z.string() }),
  query: z.object({ Qualifier: z.string().optional() }),
  headers: z.object({
    'x-amz-invocation-type': z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
    'x-amz-durable-execution-name': z.string().optional(),
    'x-amz-client-context': z.string().optional(),
  }),
  body: z.string().nullish(),
});

/** Adds Invoke. */
export const registerInvokeRoute = (server: FastifyInstance, invocations: Invocations): void => {
  server.post('/2015-03-31/functions/:functionReference/invocations', async (request, reply) => {
    const invokeRequest = readRequest(request);
    return sendAnswer(reply, invokeRequest.type, await invocations.invoke(invokeRequest));
  });
};

const readRequest = ({ params, query, headers, body }: FastifyRequest): InvokeRequest => {
  const parsed = requestSchema.safeParse({ params, query, headers, body });
  if (!parsed.success) throw invalidParameter(z.prettifyError(parsed.error));
  const request = parsed.data;
  return {
    functionReference: request.params.functionReference,
    qualifier: request.query.Qualifier,
    type: request.headers['x-amz-invocation-type'],
    payload: request.body ?? '',
    durableExecutionName: request.headers['x-amz-durable-execution-name'],
    clientContext: readClientContext(request.headers['x-amz-client-context']),
  };
};

const readClientContext = (header: string | undefined): unknown => {
  if (header === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    throw invalidContent('Client context must be a valid Base64-encoded JSON object.');
  }
};

const statusOf = { RequestResponse: 200, Event: 202, DryRun: 204 } as const;

const sendAnswer = (reply: FastifyReply, type: InvokeRequest['type'], answer: InvokeAnswer) => {
  reply.code(statusOf[type]).header('x-amz-executed-version', answer.executedVersion);
  if (answer.durableExecutionArn) reply.header('x-amz-durable-execution-arn', answer.durableExecutionArn);
  if (answer.failure) reply.header('x-amz-function-error', 'Unhandled');
  if (type !== 'RequestResponse') return reply.send();
  return reply
    .type('application/json')
    .send(answer.failure ? JSON.stringify(answer.failure.failure) : (answer.payload ?? 'null'));
};
