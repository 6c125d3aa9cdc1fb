import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Asks for a dispatch now instead of at the next minute. */
export type InvokeDispatch = () => Promise<void>;

/** Invokes the dispatch function without waiting for its end; the caller decides what a failure means to it. */
export const createInvokeDispatch =
  (lambda: LambdaClient, functionName: string): InvokeDispatch =>
  async () => {
    await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: '{}' }));
  };
