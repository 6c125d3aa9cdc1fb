import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';

const maxRetries = 2;

/** The cache of answers. What the gateway refuses stays refused; a 5xx, a 429 or a lost connection is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < maxRetries && isTransient(error),
      retryDelay: (attempt, error) =>
        error instanceof ApiProblem && error.retryAfterSeconds !== undefined
          ? error.retryAfterSeconds * 1_000
          : 500 * 2 ** attempt,
    },
  },
});

const isTransient = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 0 || error.status === 429 || error.status >= 500);
