import { useQuery } from '@tanstack/react-query';
import type * as z from 'zod';
import type { callerView } from '#functions/api/callers/me.ts';
import { callApi } from './client.ts';

/** Who is signed in, and what that caller may do. */
export const useOwnCaller = () =>
  useQuery({
    queryKey: ['own-caller'],
    queryFn: ({ signal }) => callApi<z.output<typeof callerView>>('/callers/me', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
