import { Button } from '@adobe/react-spectrum/Button';
import { Checkbox } from '@adobe/react-spectrum/Checkbox';
import { CheckboxGroup } from '@adobe/react-spectrum/CheckboxGroup';
import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { findFieldProblem, isTold } from '../ui/field-problem.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { eventTypes, eventWords } from './event-words.ts';
import type { NewWebhook } from './webhook-api.ts';

/** What is typed for a webhook; the description may be empty. */
export type WebhookDraft = Required<NewWebhook>;

interface FormProps {
  /** Of the form, and of its button. */
  label: string;
  submitLabel: string;
  draft: WebhookDraft;
  onChange(changes: Partial<WebhookDraft>): void;
  /** Why the gateway has refused what was sent, and how that is called. */
  error: unknown;
  errorTitle: string;
  isPending: boolean;
  onSubmit(webhook: NewWebhook): void;
  onClose(): void;
}

/** The fields of a webhook, with what is wrong with each. */
export const WebhookForm = (props: FormProps) => {
  const { draft, onChange, error } = props;
  const problems = {
    url: findFieldProblem(error, 'url'),
    description: findFieldProblem(error, 'description'),
    events: findFieldProblem(error, 'events'),
  };
  const submit = () => {
    const description = draft.description.trim();
    const { events } = draft;
    props.onSubmit({ url: draft.url.trim(), events, description: description === '' ? undefined : description });
  };
  return (
    <>
      <Form
        aria-label={props.label}
        maxWidth="size-6000"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label="Address"
          description="https, on a public address, port 443 or 8443"
          isRequired
          autoFocus
          value={draft.url}
          onChange={(url) => onChange({ url })}
          validationState={problems.url === undefined ? undefined : 'invalid'}
          errorMessage={problems.url}
        />
        <TextField
          label="Description"
          value={draft.description}
          onChange={(description) => onChange({ description })}
          validationState={problems.description === undefined ? undefined : 'invalid'}
          errorMessage={problems.description}
        />
        <CheckboxGroup
          label="Called when"
          value={[...draft.events]}
          onChange={(events) => onChange({ events })}
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
          <Button variant="accent" type="submit" isPending={props.isPending}>
            {props.submitLabel}
          </Button>
          <Button variant="secondary" onPress={props.onClose}>
            Close
          </Button>
        </div>
      </Form>
      {error !== null && !isTold(error, ['url', 'description', 'events']) && (
        <ProblemNotice title={props.errorTitle} error={error} />
      )}
    </>
  );
};
