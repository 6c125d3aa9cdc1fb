import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type * as z from 'zod';
import type { pausedCaller } from '#functions/api/callers/pause.ts';
import type { callerView, newSecretView } from '#functions/api/callers/view.ts';
import { callApi } from '../../api/client.ts';

/** A caller as operators see it. */
export type Caller = z.output<ReturnType<typeof callerView>>;

/** A secret, in the only answer that holds it. */
export type NewSecret = z.output<ReturnType<typeof newSecretView>>;

/** What can be changed of a caller. */
export interface CallerChanges {
  name?: string;
  operator?: boolean;
  disabled?: boolean;
  policy?: unknown;
}

const buildPath = (callerId: string): string => `/callers/${encodeURIComponent(callerId)}`;

/** All callers. */
export const useCallers = () =>
  useQuery({
    queryKey: ['callers'],
    queryFn: ({ signal }) => callApi<{ callers: Caller[] }>('/callers', { signal }),
  });

/** One caller. */
export const useCaller = (callerId: string) =>
  useQuery({
    queryKey: ['callers', callerId],
    queryFn: ({ signal }) => callApi<Caller>(buildPath(callerId), { signal }),
  });

const useChange = <Input, Answer>(change: (input: Input) => Promise<Answer>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Secrets are in the answer: nothing keeps it but the page that shows it.
    gcTime: 0,
    // The queue says who is paused.
    onSuccess: () => Promise.all([['callers'], ['queue']].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
};

/** Makes a caller. */
export const useAddCaller = () =>
  useChange((body: { name: string; operator: boolean }) => callApi<NewSecret>('/callers', { method: 'POST', body }));

/** Changes what is given of a caller. */
export const useChangeCaller = (callerId: string) =>
  useChange((body: CallerChanges) => callApi<Caller>(buildPath(callerId), { method: 'PUT', body }));

/** Removes a caller; it is not asked for again. */
export const useRemoveCaller = (callerId: string) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => callApi<undefined>(buildPath(callerId), { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['callers'], exact: true }),
  });
};

/** Gives a caller a second secret. */
export const useAddSecret = (callerId: string) =>
  useChange((_: undefined) => callApi<NewSecret>(`${buildPath(callerId)}/secrets`, { method: 'POST' }));

/** Takes a secret from a caller. */
export const useRemoveSecret = (callerId: string) =>
  useChange((secretId: string) =>
    callApi<undefined>(`${buildPath(callerId)}/secrets/${encodeURIComponent(secretId)}`, { method: 'DELETE' }),
  );

/** Keeps the jobs of a caller from their turns. */
export const usePauseCaller = (callerId: string) =>
  useChange((reason: string) =>
    callApi<z.output<ReturnType<typeof pausedCaller>>>(`${buildPath(callerId)}/pause`, {
      method: 'PUT',
      body: reason === '' ? {} : { reason },
    }),
  );

/** Gives the jobs of a caller their turns again. */
export const useResumeCaller = (callerId: string) =>
  useChange((_: undefined) =>
    callApi<z.output<ReturnType<typeof pausedCaller>>>(`${buildPath(callerId)}/resume`, { method: 'PUT' }),
  );
