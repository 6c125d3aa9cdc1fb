import { useQuery } from '@tanstack/react-query';
import type * as z from 'zod';
import type { callerView } from '#functions/api/callers/me.ts';
import { callApi } from './client.ts';
import { useSession } from './session.ts';
import { useSettings } from './settings.ts';

/** Who is signed in, and what that caller may do. */
export const useOwnCaller = () => {
  const { status } = useSession();
  const { data: settings } = useSettings();
  return useQuery({
    queryKey: ['own-caller'],
    queryFn: ({ signal }) => callApi<z.output<ReturnType<typeof callerView>>>('/callers/me', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: settings !== undefined && (settings.authMode === 'none' || status === 'signed-in'),
  });
};
