import { Button } from '@adobe/react-spectrum/Button';
import { Form } from '@adobe/react-spectrum/Form';
import { TextField } from '@adobe/react-spectrum/TextField';
import { useQueryClient } from '@tanstack/react-query';
import { findFieldProblem } from '../../ui/field-problem.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { useDraft } from '../../ui/use-draft.ts';
import { showDateTime } from '../../ui/words.ts';
import { useQueue } from '../operator-api.ts';
import { usePauseCaller, useResumeCaller } from './caller-api.ts';

const emptyDraft = { reason: '' };

/** Keeps the jobs of one caller from their turns, and lets them have them again. */
export const CallerPause = ({ callerId }: { callerId: string }) => {
  const queries = useQueryClient();
  const queue = useQueue();
  const [draft, change, forget] = useDraft(`pause ${callerId}`, emptyDraft);
  const pause = usePauseCaller(callerId);
  const resume = useResumeCaller(callerId);
  const paused = queue.data?.pausedCallers.find(({ caller }) => caller === callerId);
  const look = () => queries.invalidateQueries({ queryKey: ['queue'] });
  const reasonProblem = findFieldProblem(pause.error, 'reason');
  return (
    <section className="panel" aria-labelledby="pause">
      <h2 id="pause">Turns of its jobs</h2>
      {queue.error && <ProblemNotice title="It is not known whether it is paused" error={queue.error} />}
      {paused && (
        <>
          <p className="long-text">
            <strong>Paused</strong> by {paused.by} since {showDateTime(paused.since)}
            {paused.reason && `: ${paused.reason}`}
          </p>
          <Button
            variant="accent"
            isPending={resume.isPending}
            onPress={() => resume.mutate(undefined, { onSuccess: look })}
          >
            Resume this caller
          </Button>
        </>
      )}
      {queue.data && !paused && (
        <Form
          aria-label="Pause this caller"
          maxWidth="size-6000"
          onSubmit={(event) => {
            event.preventDefault();
            pause.mutate(draft.reason.trim(), {
              onSuccess: () => {
                forget();
                return look();
              },
            });
          }}
        >
          <TextField
            label="Reason for a pause"
            description="Its jobs are kept and get no turns; what Adobe has goes on"
            value={draft.reason}
            onChange={(reason) => change({ reason })}
            validationState={reasonProblem === undefined ? undefined : 'invalid'}
            errorMessage={reasonProblem}
          />
          <div className="toolbar">
            <Button variant="negative" type="submit" isPending={pause.isPending}>
              Pause this caller
            </Button>
          </div>
        </Form>
      )}
      {pause.error && reasonProblem === undefined && <ProblemNotice title="It was not paused" error={pause.error} />}
      {resume.error && <ProblemNotice title="It was not resumed" error={resume.error} />}
    </section>
  );
};
