import { Button } from '@adobe/react-spectrum/Button';
import { useMutation } from '@tanstack/react-query';
import { fetchApi } from '../../api/client.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';

/** Saves what is shown as a file. */
export const ExportCsv = ({ query }: { query: Readonly<Record<string, string | undefined>> }) => {
  const save = useMutation({
    mutationFn: async () => {
      const answer = await fetchApi('/usage/callers', { query: { ...query, format: 'csv' } });
      const url = URL.createObjectURL(await answer.blob());
      const link = document.createElement('a');
      link.href = url;
      link.download = `usage-by-${query['by'] ?? 'day'}.csv`;
      link.click();
      URL.revokeObjectURL(url);
    },
  });
  return (
    <>
      <Button variant="secondary" isPending={save.isPending} onPress={() => save.mutate()}>
        Export CSV
      </Button>
      {save.error && <ProblemNotice title="The file could not be made" error={save.error} />}
    </>
  );
};
