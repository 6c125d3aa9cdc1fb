import { useDraft } from '../ui/use-draft.ts';
import { useAddWebhook, type WebhookWithSecret } from './webhook-api.ts';
import { type WebhookDraft, WebhookForm } from './webhook-form.tsx';

const emptyDraft: WebhookDraft = { url: '', description: '', events: ['job.ended', 'batch.ended'] };

/** The form for a new webhook. */
export const AddWebhook = (props: { onAdded(webhook: WebhookWithSecret): void; onClose(): void }) => {
  const [draft, change, forget] = useDraft('webhook', emptyDraft);
  const add = useAddWebhook();
  return (
    <WebhookForm
      label="New webhook"
      submitLabel="Add"
      draft={draft}
      onChange={change}
      error={add.error}
      errorTitle="The webhook was not added"
      isPending={add.isPending}
      onSubmit={(webhook) =>
        add.mutate(webhook, {
          onSuccess: (added) => {
            forget();
            props.onAdded(added);
          },
        })
      }
      onClose={props.onClose}
    />
  );
};
