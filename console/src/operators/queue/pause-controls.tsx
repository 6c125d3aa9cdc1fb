import { Button } from '@adobe/react-spectrum/Button';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { type QueueState, usePauseQueue, useResumeQueue } from '../operator-api.ts';
import { PauseForm } from '../pause-form.tsx';

/** Stops all submits, and starts them again. */
export const PauseControls = ({ lanes }: { lanes: QueueState['lanes'] }) => {
  const pause = usePauseQueue();
  const resume = useResumeQueue();
  const isPaused = lanes.some(({ pauses }) => pauses.length > 0);
  const isByOperator = lanes.some(({ pauses }) => pauses.some(({ reason }) => reason === 'operator'));
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
        <PauseForm
          label="Pause the queue"
          description="What Adobe has goes on, and requests are still taken; nothing is lost"
          failure="The queue goes on"
          pause={pause}
        />
      )}
      {resume.error && <ProblemNotice title="The queue stays paused" error={resume.error} />}
    </>
  );
};
