import { Button } from '@adobe/react-spectrum/Button';
import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { findFieldProblem } from '../../ui/field-problem.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { useDraft } from '../../ui/use-draft.ts';
import { type QueueState, usePauseQueue, useResumeQueue } from '../operator-api.ts';

const emptyDraft = { reason: '' };

/** Stops all submits, and starts them again. */
export const PauseControls = ({ lanes }: { lanes: QueueState['lanes'] }) => {
  const [draft, change, forget] = useDraft('pause-queue', emptyDraft);
  const pause = usePauseQueue();
  const resume = useResumeQueue();
  const isPaused = lanes.some(({ pauses }) => pauses.length > 0);
  const isByOperator = lanes.some(({ pauses }) => pauses.some(({ reason }) => reason === 'operator'));
  const reasonProblem = findFieldProblem(pause.error, 'reason');
  return (
    <>
      {isPaused && (
        <div className="toolbar">
          <Button variant="accent" isPending={resume.isPending} onPress={() => resume.mutate(undefined)}>
            Resume the queue
          </Button>
        </div>
      )}
      {!isByOperator && (
        <Form
          aria-label="Pause the queue"
          maxWidth="size-6000"
          onSubmit={(event) => {
            event.preventDefault();
            pause.mutate(draft.reason.trim(), { onSuccess: forget });
          }}
        >
          <TextField
            label="Reason for a pause"
            description="What Adobe has goes on, and requests are still taken; nothing is lost"
            value={draft.reason}
            onChange={(reason) => change({ reason })}
            validationState={reasonProblem === undefined ? undefined : 'invalid'}
            errorMessage={reasonProblem}
          />
          <div className="toolbar">
            <Button variant="negative" type="submit" isPending={pause.isPending}>
              Pause the queue
            </Button>
          </div>
        </Form>
      )}
      {pause.error && reasonProblem === undefined && <ProblemNotice title="The queue goes on" error={pause.error} />}
      {resume.error && <ProblemNotice title="The queue stays paused" error={resume.error} />}
    </>
  );
};
