import { Button } from '@adobe/react-spectrum/Button';
import { useState } from 'react';
import { Link } from 'react-router';
import { DataTable } from '../ui/data-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SecretNotice } from '../ui/secret-notice.tsx';
import { showDateTime } from '../ui/words.ts';
import '../ui/fields.css';
import { AddWebhook } from './add-webhook.tsx';
import { eventWords } from './event-words.ts';
import { useWebhooks, type Webhook, type WebhookWithSecret } from './webhook-api.ts';

/** Addresses that the gateway calls when the caller's jobs and batches end. */
export const Component = () => {
  const { data, error, isPending, refetch } = useWebhooks();
  const [isAdding, setIsAdding] = useState(false);
  const [added, setAdded] = useState<WebhookWithSecret>();
  const webhooks = data?.webhooks ?? [];
  return (
    <div className="column">
      <div className="page-head">
        <h1>Webhooks</h1>
        {!isAdding && (
          <Button variant="accent" onPress={() => setIsAdding(true)}>
            Add webhook
          </Button>
        )}
      </div>
      <p>The gateway calls these addresses when your jobs and batches end, so that nothing of yours has to ask.</p>
      {added && (
        <SecretNotice
          title="The secret that signs the calls"
          values={{ Secret: added.secret }}
          onDone={() => setAdded(undefined)}
        />
      )}
      {isAdding && (
        <AddWebhook
          onAdded={(webhook) => {
            setAdded(webhook);
            setIsAdding(false);
          }}
          onClose={() => setIsAdding(false)}
        />
      )}
      {error && <ProblemNotice title="The webhooks cannot be listed" error={error} onRetry={() => refetch()} />}
      {isPending && <Loading label="Loading webhooks" />}
      {data && webhooks.length === 0 && <p>There is no webhook yet.</p>}
      {webhooks.length > 0 && (
        <DataTable label="Webhooks" rows={webhooks} rowKey={({ webhookId }) => webhookId} columns={columns} />
      )}
    </div>
  );
};

const columns = [
  {
    title: 'Address',
    isRowHeader: true,
    cell: ({ webhookId, url }: Webhook) => <Link to={`/webhooks/${webhookId}`}>{url}</Link>,
  },
  { title: 'Description', cell: ({ description }: Webhook) => <span className="clipped">{description}</span> },
  { title: 'Called when', cell: ({ events }: Webhook) => events.map((event) => eventWords[event]).join('; ') },
  { title: 'State', cell: ({ status }: Webhook) => (status === 'enabled' ? 'Called' : 'Disabled') },
  { title: 'Made', cell: ({ createdAt }: Webhook) => showDateTime(createdAt) },
];
