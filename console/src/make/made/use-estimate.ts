import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Estimate } from '#functions/api/estimates/view.ts';
import { callApi } from '../../api/client.ts';
import type { Draft } from '../draft/draft.ts';
import type { Operation } from '../schema/operations.ts';

const pauseMs = 600;
// The queue moves while somebody thinks.
const refreshMs = 30_000;

/** What the request would cost and when it would run, asked once somebody pauses in typing. */
export const useEstimate = ({ path }: Operation, { body, headers }: Draft) => {
  const asked = useSettled(JSON.stringify({ path, headers, body }), pauseMs);
  return useQuery({
    queryKey: ['estimate', asked],
    queryFn: ({ signal }) => callApi<Estimate>('/estimates', { method: 'POST', body: JSON.parse(asked), signal }),
    placeholderData: keepPreviousData,
    staleTime: refreshMs,
    refetchInterval: refreshMs,
    retry: false,
  });
};

/** A value once it has not changed for a while. */
const useSettled = (value: string, ms: number): string => {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
};
