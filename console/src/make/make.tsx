import './make.css';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { callApi } from '../api/client.ts';
import type { JobRecord } from '../api/jobs.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { buildRemix } from './draft/remix.ts';
import { MakeForm } from './make-form.tsx';
import { useOperations } from './use-operations.ts';

/** Where pictures are made: a form for every operation, and what comes of it beside. */
export const Component = () => {
  const [address, setAddress] = useSearchParams();
  const from = address.get('from');
  const withSeeds = address.get('seed') === '1';
  const operations = useOperations();
  const remixed = useQuery({
    queryKey: ['remixed-job', from],
    enabled: from !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => callApi<JobRecord>(`/jobs/${encodeURIComponent(from ?? '')}`, { signal }),
  });
  const known = operations.data ?? [];
  const wanted = from === null ? address.get('operation') : remixed.data?.operation;
  const operation = known.find(({ name }) => name === wanted) ?? (from === null ? known[0] : undefined);
  const key = from === null ? `operation/${operation?.name}` : `job/${from}/${withSeeds ? 'seeds' : ''}`;
  const error = operations.error ?? remixed.error;
  const isMissing = operations.data !== undefined && (from === null || remixed.data) && operation === undefined;
  return (
    <section className="make">
      <h1>{from === null ? 'Make' : 'Remix'}</h1>
      {operations.error && (
        <ProblemNotice title="The forms cannot be built" error={error} onRetry={() => operations.refetch()} />
      )}
      {remixed.error && (
        <ProblemNotice title="The job cannot be remixed" error={error} onRetry={() => remixed.refetch()} />
      )}
      {isMissing && (
        <ProblemNotice
          title="There is no form for it"
          error={
            new Error(
              known.length === 0
                ? 'The description of the API names nothing that can be made.'
                : `This gateway no longer makes ${wanted}.`,
            )
          }
        />
      )}
      {!operation && !error && !isMissing && <Loading label="Loading the forms" />}
      {operation && (
        <MakeForm
          key={key}
          draftKey={key}
          operations={known}
          operation={operation}
          filled={remixed.data && from !== null ? buildRemix(remixed.data, operation, withSeeds) : undefined}
          onOperation={(name) => setAddress({ operation: name })}
        />
      )}
    </section>
  );
};
