import { Button } from '@adobe/react-spectrum/Button';
import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { findFieldProblem } from '../ui/field-problem.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useDraft } from '../ui/use-draft.ts';

const emptyDraft = { reason: '' };

/** Asks for the reason of a pause, and begins it. */
export const PauseForm = (props: {
  /** What the button says. */
  label: string;
  /** What goes on meanwhile, and what does not. */
  description: string;
  /** What is said where the gateway refuses. */
  failure: string;
  pause: {
    mutate(reason: string, options: { onSuccess(): void }): void;
    isPending: boolean;
    error: Error | null;
  };
}) => {
  const { label, description, failure, pause } = props;
  const [draft, change, forget] = useDraft(label, emptyDraft);
  const problem = findFieldProblem(pause.error, 'reason');
  return (
    <>
      <Form
        aria-label={label}
        maxWidth="size-6000"
        onSubmit={(event) => {
          event.preventDefault();
          pause.mutate(draft.reason.trim(), { onSuccess: forget });
        }}
      >
        <TextField
          label="Reason for a pause"
          description={description}
          value={draft.reason}
          onChange={(reason) => change({ reason })}
          validationState={problem === undefined ? undefined : 'invalid'}
          errorMessage={problem}
        />
        <div className="toolbar">
          <Button variant="negative" type="submit" isPending={pause.isPending}>
            {label}
          </Button>
        </div>
      </Form>
      {pause.error && problem === undefined && <ProblemNotice title={failure} error={pause.error} />}
    </>
  );
};
