import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type * as z from 'zod';
import type { erasureSchema } from '#functions/api/erasures/routes.ts';
import { callApi } from '../../api/client.ts';
import { polling } from '../../api/polling.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { findFieldProblem } from '../../ui/field-problem.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { useDraft } from '../../ui/use-draft.ts';
import { showDateTime, showNumber } from '../../ui/words.ts';
import { OperatorPage } from '../operator-page.tsx';

type Erasure = z.output<ReturnType<typeof erasureSchema>>;

const key = ['erasures'];

/** Erasing everything of a caller, and how far that is. */
export const Component = () => {
  const erasures = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => callApi<{ erasures: Erasure[] }>('/erasures', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.erasures.some(({ status }) => status === 'erasing') ? polling.moving : false,
  });
  const list = erasures.data?.erasures ?? [];
  return (
    <OperatorPage title="Erasures" query={erasures}>
      {erasures.data && (
        <>
          <EraseForm />
          <h2>Of the last 30 days</h2>
          {list.length === 0 && <p>Nothing was erased.</p>}
          {list.length > 0 && (
            <DataTable label="Erasures" rows={list} rowKey={({ erasureId }) => erasureId} columns={columns} />
          )}
        </>
      )}
    </OperatorPage>
  );
};

const emptyDraft = { caller: '', confirm: '' };

/** The name is typed twice, and the button asks once more: what is erased cannot be had back. */
const EraseForm = () => {
  const [query] = useSearchParams();
  const queries = useQueryClient();
  const [draft, change, forget] = useDraft('erasure', { ...emptyDraft, caller: query.get('caller') ?? '' });
  const erase = useMutation({
    mutationFn: () => callApi<Erasure>('/erasures', { method: 'POST', body: draft }),
    onSuccess: () => {
      forget();
      return queries.invalidateQueries({ queryKey: key });
    },
  });
  const problems = {
    caller: findFieldProblem(erase.error, 'caller'),
    confirm:
      findFieldProblem(erase.error, 'confirm') ??
      (draft.confirm !== '' && !draft.caller.startsWith(draft.confirm) ? 'This is another name.' : undefined),
  };
  const field = (name: 'caller' | 'confirm') => ({
    value: draft[name],
    onChange: (value: string) => change({ [name]: value }),
    validationState: problems[name] === undefined ? undefined : ('invalid' as const),
    errorMessage: problems[name],
    autoComplete: 'off',
    width: '100%',
  });
  return (
    <section className="panel" aria-labelledby="erase">
      <h2 id="erase">Erase everything of a caller</h2>
      <p>
        Its jobs, their pictures, batches, files, uploads, webhooks and counters, up to this moment. What has not ended
        is cancelled first. Its policy and secrets stay: remove them on its own page.
      </p>
      <Form aria-label="Erase everything of a caller" maxWidth="size-6000" onSubmit={(event) => event.preventDefault()}>
        <TextField label="Caller" description="As the queue and events name it" {...field('caller')} />
        <TextField label="The same name once more" {...field('confirm')} />
        <div className="toolbar">
          <ConfirmButton
            label="Erase everything"
            title={`Erase everything of ${draft.caller.slice(0, 80)}?`}
            isDisabled={draft.caller === '' || draft.confirm !== draft.caller || erase.isPending}
            onConfirm={() => erase.mutate()}
          >
            Nothing of it can be had back.
          </ConfirmButton>
        </div>
      </Form>
      {erase.error && problems.caller === undefined && problems.confirm === undefined && (
        <ProblemNotice title="Nothing was erased" error={erase.error} />
      )}
    </section>
  );
};

const columns = [
  {
    title: 'Caller',
    isRowHeader: true,
    cell: ({ caller }: Erasure) => <span className="long-text">{caller ?? 'Forgotten with what it had'}</span>,
  },
  {
    title: 'State',
    cell: ({ status, waitsFor }: Erasure) =>
      status === 'erased'
        ? 'Erased'
        : `Being erased${waitsFor === undefined ? '' : `, waits for ${showNumber(waitsFor)} jobs and batches`}`,
  },
  { title: 'Asked for', cell: ({ requestedAt }: Erasure) => showDateTime(requestedAt) },
  { title: 'By', cell: ({ by }: Erasure) => by ?? '' },
  {
    title: 'Over',
    cell: ({ finishedAt }: Erasure) => (finishedAt === undefined ? '' : showDateTime(finishedAt)),
  },
];
