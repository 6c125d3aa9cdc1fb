import type { MiddlewareStack } from '@smithy/types';

/** How many requests of a client are under way at once: as many as the SDK opens connections (`maxSockets` of `@smithy/node-http-handler`). */
export const maxInFlight = 50;

/**
 * Lets further requests of a client wait until others are answered, in their order. The time-outs of a request begin once it can be sent:
 * while it waited for a connection they would fail it as if the service could not be reached, and use up the client's budget of retries. An
 * attempt counts by itself; between two of them a request holds nothing. Of an answer that is a stream only the head counts. A request is
 * signed before it waits, and a signature holds for five minutes.
 *
 * @returns the same client
 */
export const limitInFlight = <Client extends { middlewareStack: object }>(client: Client): Client => {
  const middlewareStack = client.middlewareStack as MiddlewareStack<object, object>;
  const waiting: (() => void)[] = [];
  let free = maxInFlight;
  middlewareStack.add(
    (next) => async (args) => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await next(args);
      } finally {
        const first = waiting.shift();
        // The request that is let in takes the place over, so that no later one comes before it.
        if (first === undefined) free += 1;
        else first();
      }
    },
    { step: 'deserialize', name: 'limitInFlight', priority: 'high' },
  );
  return client;
};
