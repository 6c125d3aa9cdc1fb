import { Button } from '@adobe/react-spectrum/Button';
import { Checkbox } from '@adobe/react-spectrum/Checkbox';
import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { findFieldProblem, isTold } from '../../ui/field-problem.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { useDraft } from '../../ui/use-draft.ts';
import { type NewSecret, useAddCaller } from './caller-api.ts';

const emptyDraft = { name: '', operator: false };

/** The form for a new caller. */
export const AddCaller = ({ onAdded, onClose }: { onAdded(secret: NewSecret): void; onClose(): void }) => {
  const [draft, change, forget] = useDraft('caller', emptyDraft);
  const add = useAddCaller();
  const nameProblem = findFieldProblem(add.error, 'name');
  return (
    <>
      <Form
        aria-label="New caller"
        maxWidth="size-6000"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(
            { name: draft.name.trim(), operator: draft.operator },
            {
              onSuccess: (secret) => {
                forget();
                onAdded(secret);
              },
            },
          );
        }}
      >
        <TextField
          label="Name"
          isRequired
          autoFocus
          value={draft.name}
          onChange={(name) => change({ name })}
          validationState={nameProblem === undefined ? undefined : 'invalid'}
          errorMessage={nameProblem}
        />
        <Checkbox isSelected={draft.operator} onChange={(operator) => change({ operator })}>
          May operate the gateway
        </Checkbox>
        <div className="toolbar">
          <Button variant="accent" type="submit" isPending={add.isPending}>
            Add
          </Button>
          <Button variant="secondary" onPress={onClose}>
            Close
          </Button>
        </div>
      </Form>
      {add.error && !isTold(add.error, ['name']) && (
        <ProblemNotice title="The caller was not added" error={add.error} />
      )}
    </>
  );
};
