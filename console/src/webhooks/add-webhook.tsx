import { Button } from '@adobe/react-spectrum/Button';
import { Checkbox } from '@adobe/react-spectrum/Checkbox';
import { CheckboxGroup } from '@adobe/react-spectrum/CheckboxGroup';
import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { findFieldProblem, isTold } from '../ui/field-problem.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { eventTypes, eventWords } from './event-words.ts';
import { useAddWebhook, type WebhookWithSecret } from './webhook-api.ts';

const emptyDraft = { url: '', description: '', events: ['job.ended', 'batch.ended'] };

/** The form for a new webhook. */
export const AddWebhook = (props: { onAdded(webhook: WebhookWithSecret): void; onClose(): void }) => {
  const [draft, change, forget] = useDraft('webhook', emptyDraft);
  const add = useAddWebhook();
  const problems = {
    url: findFieldProblem(add.error, 'url'),
    description: findFieldProblem(add.error, 'description'),
    events: findFieldProblem(add.error, 'events'),
  };
  const send = () => {
    const description = draft.description.trim();
    add.mutate(
      { url: draft.url.trim(), events: draft.events, description: description === '' ? undefined : description },
      {
        onSuccess: (webhook) => {
          forget();
          props.onAdded(webhook);
        },
      },
    );
  };
  return (
    <>
      <Form
        aria-label="New webhook"
        maxWidth="size-6000"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField
          label="Address"
          description="https, on a public address, port 443 or 8443"
          isRequired
          autoFocus
          value={draft.url}
          onChange={(url) => change({ url })}
          validationState={problems.url === undefined ? undefined : 'invalid'}
          errorMessage={problems.url}
        />
        <TextField
          label="Description"
          value={draft.description}
          onChange={(description) => change({ description })}
          validationState={problems.description === undefined ? undefined : 'invalid'}
          errorMessage={problems.description}
        />
        <CheckboxGroup
          label="Called when"
          value={draft.events}
          onChange={(events) => change({ events })}
          isInvalid={problems.events !== undefined}
          errorMessage={problems.events}
        >
          {eventTypes.map((type) => (
            <Checkbox key={type} value={type}>
              {eventWords[type]}
            </Checkbox>
          ))}
        </CheckboxGroup>
        <div className="toolbar">
          <Button variant="accent" type="submit" isPending={add.isPending}>
            Add
          </Button>
          <Button variant="secondary" onPress={props.onClose}>
            Close
          </Button>
        </div>
      </Form>
      {add.error && !isTold(add.error, ['url', 'description', 'events']) && (
        <ProblemNotice title="The webhook was not added" error={add.error} />
      )}
    </>
  );
};
