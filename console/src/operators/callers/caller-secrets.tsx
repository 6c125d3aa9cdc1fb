import { Button } from '@adobe/react-spectrum/Button';
import { useState } from 'react';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { SecretNotice } from '../../ui/secret-notice.tsx';
import { showDateTime } from '../../ui/words.ts';
import { type Caller, useAddSecret, useRemoveSecret } from './caller-api.ts';

type Secret = NonNullable<Caller['secrets']>[number];

const maxSecrets = 2;

/** What a caller signs in with: up to two secrets, so that it can change over. */
export const CallerSecrets = ({ callerId, secrets }: { callerId: string; secrets: readonly Secret[] }) => {
  const add = useAddSecret(callerId);
  const remove = useRemoveSecret(callerId);
  const [added, setAdded] = useState<string>();
  return (
    <section aria-labelledby="secrets">
      <div className="page-head">
        <h2 id="secrets">Secrets</h2>
        {secrets.length < maxSecrets && (
          <Button
            variant="secondary"
            isPending={add.isPending}
            onPress={() => add.mutate(undefined, { onSuccess: ({ clientSecret }) => setAdded(clientSecret) })}
          >
            Add a secret
          </Button>
        )}
      </div>
      {added && (
        <SecretNotice title="The new secret" values={{ 'Client secret': added }} onDone={() => setAdded(undefined)} />
      )}
      <DataTable
        label="Secrets of this caller"
        rows={secrets}
        rowKey={({ secretId }) => secretId}
        columns={[
          { title: 'Secret', isRowHeader: true, cell: ({ secretId }) => secretId },
          { title: 'Made', cell: ({ createdAt }) => showDateTime(createdAt) },
          {
            title: 'Last used, to the hour',
            cell: ({ lastUsedHour }) => (lastUsedHour === undefined ? 'Never' : showDateTime(lastUsedHour)),
          },
          {
            title: 'Change',
            cell: ({ secretId }) => (
              <ConfirmButton
                isQuiet
                label="Remove secret"
                title="Remove this secret?"
                onConfirm={() => remove.mutate(secretId)}
              >
                Tokens that were got with it stop working within a minute.
              </ConfirmButton>
            ),
          },
        ]}
      />
      {(add.error ?? remove.error) && <ProblemNotice title="That did not work" error={add.error ?? remove.error} />}
    </section>
  );
};
