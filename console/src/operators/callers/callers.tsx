import { Button } from '@adobe/react-spectrum/Button';
import { useState } from 'react';
import { Link } from 'react-router';
import { DataTable } from '../../ui/data-table.tsx';
import { SecretNotice } from '../../ui/secret-notice.tsx';
import { showDateTime, showNumber } from '../../ui/words.ts';
import { OperatorPage } from '../operator-page.tsx';
import { AddCaller } from './add-caller.tsx';
import { type Caller, type NewSecret, useCallers } from './caller-api.ts';

/** Who may call the gateway. */
export const Component = () => {
  const callers = useCallers();
  const [isAdding, setIsAdding] = useState(false);
  const [added, setAdded] = useState<NewSecret>();
  const found = callers.data?.callers;
  return (
    <OperatorPage title="Callers" query={callers}>
      {added && (
        <SecretNotice
          title="The new caller signs in with these"
          values={{ 'Client id': added.callerId, 'Client secret': added.clientSecret }}
          onDone={() => setAdded(undefined)}
        />
      )}
      {isAdding ? (
        <AddCaller
          onAdded={(secret) => {
            setAdded(secret);
            setIsAdding(false);
          }}
          onClose={() => setIsAdding(false)}
        />
      ) : (
        found && (
          <div className="toolbar">
            <Button variant="accent" onPress={() => setIsAdding(true)}>
              Add caller
            </Button>
          </div>
        )
      )}
      {found?.length === 0 && <p>There is no caller yet.</p>}
      {found && found.length > 0 && (
        <DataTable label="Callers" rows={found} rowKey={({ callerId }) => callerId} columns={columns} />
      )}
    </OperatorPage>
  );
};

const columns = [
  {
    title: 'Caller',
    isRowHeader: true,
    cell: ({ callerId, name }: Caller) => (
      <Link to={`/operators/callers/${encodeURIComponent(callerId)}`}>{name ?? callerId}</Link>
    ),
  },
  { title: 'Client id', cell: ({ callerId }: Caller) => callerId },
  {
    title: 'May',
    cell: ({ disabled, operator }: Caller) => (disabled ? 'Nothing: disabled' : operator ? 'Operate' : 'Call'),
  },
  { title: 'Secrets', isNumber: true, cell: ({ secrets }: Caller) => showNumber(secrets?.length ?? 0) },
  {
    title: 'Last used',
    cell: ({ secrets = [] }: Caller) => {
      const last = secrets
        .flatMap(({ lastUsedHour }) => lastUsedHour ?? [])
        .sort()
        .at(-1);
      return last === undefined ? '' : showDateTime(last);
    },
  },
];
