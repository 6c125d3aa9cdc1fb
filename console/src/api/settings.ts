import { useQuery } from '@tanstack/react-query';
import type { ConsoleConfig } from '#functions/api/console/config.ts';
import { callApi } from './client.ts';

/** What the page knows of its gateway: how to sign in, the stage, whether pictures are simulated. */
export const useSettings = () =>
  useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => callApi<ConsoleConfig>('/console/config.json', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
