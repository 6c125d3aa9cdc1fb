import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/client.ts';
import { type ApiDescription, readOperations } from './schema/operations.ts';

/** Everything that can be made, from the description of the API of this very gateway. */
export const useOperations = () =>
  useQuery({
    queryKey: ['operations'],
    queryFn: async ({ signal }) => readOperations(await callApi<ApiDescription>('/openapi.json', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
