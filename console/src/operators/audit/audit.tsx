import { Button } from '@adobe/react-spectrum/Button';
import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { DataTable } from '../../ui/data-table.tsx';
import { showDateTime } from '../../ui/words.ts';
import { type AuditEntry, useAudit } from '../operator-api.ts';
import { OperatorPage } from '../operator-page.tsx';

const fields = ['from', 'to', 'actor', 'action'] as const;

/** Who changed what, newest first. What it is narrowed to stands in the address. */
export const Component = () => {
  const [parameters] = useSearchParams();
  const filters = Object.fromEntries(fields.map((name) => [name, parameters.get(name) ?? undefined]));
  const audit = useAudit(filters);
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <OperatorPage title="Audit" query={audit}>
      <Filters key={parameters.toString()} />
      {audit.data && entries.length === 0 && <p>Nothing was changed in this time.</p>}
      {entries.length > 0 && (
        <DataTable label="Changes" rows={entries} rowKey={({ entryId }) => entryId} columns={columns} />
      )}
      {audit.hasNextPage && (
        <Button variant="secondary" isPending={audit.isFetchingNextPage} onPress={() => audit.fetchNextPage()}>
          Earlier changes
        </Button>
      )}
    </OperatorPage>
  );
};

const Filters = () => {
  const [parameters, setParameters] = useSearchParams();
  const [values, setValues] = useState(() =>
    Object.fromEntries(fields.map((name) => [name, parameters.get(name) ?? ''])),
  );
  const field = (name: (typeof fields)[number]) => ({
    value: values[name] ?? '',
    onChange: (value: string) => setValues((before) => ({ ...before, [name]: value })),
  });
  return (
    <Form
      aria-label="Which changes"
      maxWidth="100%"
      onSubmit={(event) => {
        event.preventDefault();
        setParameters(Object.entries(values).filter(([, value]) => value.trim() !== ''));
      }}
    >
      <div className="toolbar">
        <TextField label="From (UTC day)" description="Such as 2026-03-01" {...field('from')} />
        <TextField label="To (UTC day, exclusive)" description="Such as 2026-03-08" {...field('to')} />
        <TextField label="Who" {...field('actor')} />
        <TextField label="Change" description="Such as queue paused" {...field('action')} />
        <Button variant="primary" type="submit">
          Show
        </Button>
      </div>
    </Form>
  );
};

const columns = [
  { title: 'When', isRowHeader: true, cell: ({ at }: AuditEntry) => showDateTime(at) },
  { title: 'Who', cell: ({ actor, actorKind }: AuditEntry) => `${actor} (${actorKind})` },
  { title: 'Change', cell: ({ action }: AuditEntry) => action },
  {
    title: 'To what',
    cell: ({ object }: AuditEntry) =>
      Object.entries(object)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
  },
  {
    title: 'Outcome',
    cell: ({ outcome, code }: AuditEntry) => (code === undefined ? outcome : `${outcome}: ${code}`),
  },
];
