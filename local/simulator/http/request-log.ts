import type { ReceivedRequest } from './request.ts';

/** One request that reached the simulator. Holds no token, secret, prompt or query. */
export interface RecordedRequest {
  /** As {@link ReceivedRequest.service}. */
  service: string;
  method: string;
  path: string;
  /** Epoch ms. */
  arrivedAt: number;
  /** Null while unanswered, and for good when the connection was dropped. */
  status: number | null;
  dropped: boolean;
  /** Whether an Authorization header came along; on an output URL that is a leak. */
  authorization: boolean;
  /** The client's `x-request-id`, with which it finds its own requests again. */
  requestId: string | null;
  /** Names of the faults that were applied. */
  faults: string[];
}

/** The requests that reached the simulator, oldest first. */
export interface RequestLog {
  begin(head: Omit<ReceivedRequest, 'body' | 'bodyTooLarge'>): RecordedRequest;
  requests(): readonly RecordedRequest[];
}

/** Keeps the last `limit` requests, so that a long run does not fill the memory. */
export const createRequestLog = (limit = 20_000): RequestLog => {
  let records: RecordedRequest[] = [];
  return {
    begin: ({ service, method, path, arrivedAt, headers }) => {
      const authorization = headers.authorization !== undefined;
      const requestId = headers['x-request-id']?.toString() ?? null;
      const arrival = { service, method, path, arrivedAt, authorization, requestId };
      const record = { ...arrival, status: null, dropped: false, faults: [] };
      records.push(record);
      if (records.length >= limit * 2) records = records.slice(-limit);
      return record;
    },
    requests: () => records.slice(-limit),
  };
};
