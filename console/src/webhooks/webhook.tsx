import { Button } from '@adobe/react-spectrum/Button';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SecretNotice } from '../ui/secret-notice.tsx';
import { showDateTime } from '../ui/words.ts';
import '../ui/fields.css';
import { ChangeWebhook } from './change-webhook.tsx';
import { Deliveries } from './deliveries.tsx';
import { eventWords } from './event-words.ts';
import { Signature } from './signature.tsx';
import {
  useDeleteWebhook,
  useEnableWebhook,
  useRotateSecret,
  useTestWebhook,
  useWebhook,
  type Webhook,
} from './webhook-api.ts';

/** One webhook: what was sent to it and what it answered. */
export const Component = () => {
  const { webhookId = '' } = useParams();
  const { data: webhook, error, isPending, refetch } = useWebhook(webhookId);
  return (
    <div className="column">
      <Link to="/webhooks">All webhooks</Link>
      <h1 className="long-text">{webhook?.url ?? 'Webhook'}</h1>
      {error && <ProblemNotice title="The webhook cannot be shown" error={error} onRetry={() => refetch()} />}
      {isPending && <Loading label="Loading the webhook" />}
      {webhook && (
        <>
          <WebhookFacts webhook={webhook} />
          <WebhookActions webhook={webhook} />
          <Deliveries deliveries={webhook.deliveries} />
          <Signature />
        </>
      )}
    </div>
  );
};

const WebhookFacts = ({ webhook }: { webhook: Webhook }) => {
  const { description, events, status, previousSecretsUntil, createdAt } = webhook;
  return (
    <>
      {description && <p className="long-text">{description}</p>}
      {status === 'disabled' && (
        <p role="alert">
          The receiver has answered that it is gone (410), so that nothing is sent any more. Enable it again once it is
          back.
        </p>
      )}
      <dl className="facts">
        <div>
          <dt>Called when</dt>
          <dd>{events.map((event) => eventWords[event]).join('; ')}</dd>
        </div>
        <div>
          <dt>Made</dt>
          <dd>{showDateTime(createdAt)}</dd>
        </div>
        {previousSecretsUntil && (
          <div>
            <dt>Also signed with the earlier secret until</dt>
            <dd>{showDateTime(previousSecretsUntil)}</dd>
          </div>
        )}
      </dl>
    </>
  );
};

const WebhookActions = ({ webhook }: { webhook: Webhook }) => {
  const { webhookId, status } = webhook;
  const navigate = useNavigate();
  const test = useTestWebhook();
  const rotate = useRotateSecret();
  const enable = useEnableWebhook();
  const remove = useDeleteWebhook();
  const [secret, setSecret] = useState<string>();
  const [isChanging, setIsChanging] = useState(false);
  const error = test.error ?? rotate.error ?? enable.error ?? remove.error;
  return (
    <>
      <div className="toolbar">
        {status === 'enabled' ? (
          <Button variant="accent" isPending={test.isPending} onPress={() => test.mutate(webhookId)}>
            Send a test
          </Button>
        ) : (
          <Button variant="accent" isPending={enable.isPending} onPress={() => enable.mutate(webhookId)}>
            Enable
          </Button>
        )}
        {!isChanging && (
          <Button variant="secondary" onPress={() => setIsChanging(true)}>
            Change
          </Button>
        )}
        <Button
          variant="secondary"
          isPending={rotate.isPending}
          onPress={() => rotate.mutate(webhookId, { onSuccess: (rotated) => setSecret(rotated.secret) })}
        >
          New secret
        </Button>
        <ConfirmButton
          isQuiet
          label="Delete webhook"
          title="Delete this webhook?"
          onConfirm={() => remove.mutate(webhookId, { onSuccess: () => navigate('/webhooks') })}
        >
          It is not called any more, and what is kept of its deliveries is erased.
        </ConfirmButton>
      </div>
      {isChanging && <ChangeWebhook webhook={webhook} onClose={() => setIsChanging(false)} />}
      {error && <ProblemNotice title="That did not work" error={error} />}
      {secret && (
        <SecretNotice
          title="The new secret; the earlier one stays valid for a day"
          values={{ Secret: secret }}
          onDone={() => setSecret(undefined)}
        />
      )}
    </>
  );
};
