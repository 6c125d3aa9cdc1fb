import { afterEach, beforeEach, expect, type Mock, vi } from 'vitest';
import type { HttpApiEvent } from '#local/http-api/request-event.ts';
import { type HttpApi, type HttpApiOptions, startHttpApi } from '#local/http-api/start-http-api.ts';

/** An API whose function is a mock, started anew for each test. */
export interface ApiUnderTest {
  readonly url: string;
  invokeApi: Mock<(event: HttpApiEvent) => Promise<unknown>>;
  /** What the function failed with. */
  errors: unknown[];
  /** Starts it again with other options. */
  restart(options: Partial<HttpApiOptions>): Promise<void>;
  /** The event that the function was first invoked with. */
  receivedEvent(): HttpApiEvent;
  close(): Promise<void>;
}

/** Starts an API before each test of the calling file and closes it afterwards. */
export const useApi = (): ApiUnderTest => {
  const invokeApi = vi.fn<(event: HttpApiEvent) => Promise<unknown>>();
  const errors: unknown[] = [];
  let api: HttpApi;
  const start = async (options: Partial<HttpApiOptions> = {}) => {
    api = await startHttpApi({ invokeApi, onError: (error) => errors.push(error), hosts: ['x'], ...options });
  };
  beforeEach(async () => {
    invokeApi.mockReset().mockResolvedValue({ statusCode: 200, body: 'ok' });
    errors.length = 0;
    await start();
  });
  afterEach(() => api.close());
  return {
    get url() {
      return api.url;
    },
    invokeApi,
    errors,
    restart: async (options) => {
      await api.close();
      await start(options);
    },
    receivedEvent: () => {
      const [event] = invokeApi.mock.calls[0] ?? [];
      if (!event) throw new Error('The function was not invoked.');
      return event;
    },
    close: () => api.close(),
  };
};

/** Checks the members that every error answer has. */
export const expectProblem = (body: unknown, status: number, code: string): void => {
  expect(body).toMatchObject({
    type: expect.stringContaining(code),
    title: expect.any(String),
    status,
    error_code: code,
    message: expect.any(String),
  });
};
