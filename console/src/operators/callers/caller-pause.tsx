import { Button } from '@adobe/react-spectrum/Button';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { showDateTime } from '../../ui/words.ts';
import { useQueue } from '../operator-api.ts';
import { PauseForm } from '../pause-form.tsx';
import { usePauseCaller, useResumeCaller } from './caller-api.ts';

/** Keeps the jobs of one caller from their turns, and lets them have them again. */
export const CallerPause = ({ callerId }: { callerId: string }) => {
  const queue = useQueue();
  const pause = usePauseCaller(callerId);
  const resume = useResumeCaller(callerId);
  const paused = queue.data?.pausedCallers.find(({ caller }) => caller === callerId);
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
          <Button variant="accent" isPending={resume.isPending} onPress={() => resume.mutate(undefined)}>
            Resume this caller
          </Button>
        </>
      )}
      {queue.data && !paused && (
        <PauseForm
          label="Pause this caller"
          description="Its jobs are kept and get no turns; what Adobe has goes on"
          failure="It was not paused"
          pause={pause}
        />
      )}
      {resume.error && <ProblemNotice title="It was not resumed" error={resume.error} />}
    </section>
  );
};
