import { useDraft } from '../ui/use-draft.ts';
import { useChangeWebhook, type Webhook } from './webhook-api.ts';
import { WebhookForm } from './webhook-form.tsx';

/** The form for another address, other events or another description; the secret stays. */
export const ChangeWebhook = (props: { webhook: Webhook; onClose(): void }) => {
  const { webhookId, url, description = '', events } = props.webhook;
  const [draft, change, forget] = useDraft(`webhook ${webhookId}`, {
    url,
    description,
    events: events as readonly string[],
  });
  const send = useChangeWebhook(webhookId);
  const close = () => {
    forget();
    props.onClose();
  };
  return (
    <WebhookForm
      label="Change the webhook"
      submitLabel="Save"
      draft={draft}
      onChange={change}
      error={send.error}
      errorTitle="The webhook was not changed"
      isPending={send.isPending}
      onSubmit={(webhook) => send.mutate(webhook, { onSuccess: close })}
      onClose={close}
    />
  );
};
