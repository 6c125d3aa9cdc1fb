import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { imageTypes } from '../adobe/services/firefly/storage-image.ts';
import type { ListQuery } from '../adobe/services/list.ts';
import { GatewayError } from '../errors.ts';
import { once } from '../once.ts';

/** A call that a caller makes at Adobe with the gateway's token: what the function `passthrough` is invoked with. */
export const passedOnCall = once(() =>
  z.discriminatedUnion('call', [
    z.object({
      call: z.literal('readList'),
      service: z.string(),
      path: z.string(),
      query: z.record(z.string(), z.string()),
      requestId: z.string(),
    }),
    z.object({
      call: z.literal('uploadImage'),
      image: z.base64(),
      contentType: z.string().refine((type) => imageTypes.includes(type)),
    }),
  ]),
);

const failures = once(
  () =>
    [
      z.object({
        kind: z.literal('refused'),
        error: z.object({ status: z.int(), code: z.string(), message: z.string() }),
      }),
      z.object({ kind: z.literal('unavailable'), retryAfterMs: z.number().optional() }),
      z.object({ kind: z.literal('no_token') }),
    ] as const,
);

const list = once(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('listed'), body: z.record(z.string(), z.unknown()) }),
    ...failures(),
  ]),
);

const upload = once(() =>
  z.discriminatedUnion('kind', [z.object({ kind: z.literal('uploaded'), uploadId: z.string() }), ...failures()]),
);

/** Why a call that was passed on to Adobe failed: Adobe refused it, could not be asked, or there is no token. */
export type FailedCall = z.output<ReturnType<typeof failures>[number]>;

/** The calls that the function `passthrough` makes at Adobe, once each. */
export interface PassedOnCalls {
  /** @param call.path of a list of the service */
  readList(call: {
    service: string;
    path: string;
    query: ListQuery;
    requestId: string;
  }): Promise<z.output<ReturnType<typeof list>>>;
  uploadImage(call: { image: Uint8Array; contentType: string }): Promise<z.output<ReturnType<typeof upload>>>;
}

/**
 * Opens the calls over whatever runs the function.
 *
 * @param invoke takes its event and resolves with its answer, both as JSON
 */
export const createPassedOnCalls = (invoke: (event: string) => Promise<string>): PassedOnCalls => {
  const pass = async (event: z.input<ReturnType<typeof passedOnCall>>): Promise<unknown> =>
    JSON.parse(await invoke(JSON.stringify(event)));
  return {
    readList: async ({ query, ...call }) => {
      const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
      return list().parse(await pass({ call: 'readList', ...call, query: Object.fromEntries(given) }));
    },
    uploadImage: async ({ image, contentType }) =>
      upload().parse(await pass({ call: 'uploadImage', image: Buffer.from(image).toString('base64'), contentType })),
  };
};

/** The function `passthrough` failed; its own log says why. */
export class PassthroughError extends GatewayError {
  constructor() {
    super('passthrough_failed', 'The function passthrough failed.');
  }
}

/**
 * Runs the function `passthrough` and waits for its answer.
 *
 * @throws {PassthroughError} if it failed
 */
export const createInvokePassthrough =
  (lambda: LambdaClient, functionName: string) =>
  async (event: string): Promise<string> => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: event }));
    const payload = answer.Payload?.transformToString();
    if (answer.FunctionError === undefined && payload !== undefined) return payload;
    throw new PassthroughError();
  };
