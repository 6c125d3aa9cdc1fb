import { Button } from '@adobe/react-spectrum/Button';
import { useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import type { Draft } from './draft/draft.ts';
import { useDraft } from './draft/use-draft.ts';
import { MoreFields } from './form/more-fields.tsx';
import { placeProblems } from './form/place-problems.ts';
import { EstimateLine } from './made/estimate-line.tsx';
import { MadeJobCard } from './made/made-job.tsx';
import { useEstimate } from './made/use-estimate.ts';
import { useMadeJobs } from './made/use-made-jobs.ts';
import { useSend } from './made/use-send.ts';
import { OperationPicker } from './operation-picker.tsx';
import { RequestFields } from './request-fields.tsx';
import { RequestJson } from './request-json.tsx';
import type { Operation } from './schema/operations.ts';

/** The form of one operation, with what it costs and what was made by it beside. */
export const MakeForm = (props: {
  operations: readonly Operation[];
  operation: Operation;
  draftKey: string;
  filled: Draft | undefined;
  onOperation(name: string): void;
}) => {
  const { operations, operation, draftKey, filled, onOperation } = props;
  const control = useDraft(draftKey, operation, filled);
  const { draft } = control;
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const estimate = useEstimate(operation, draft);
  const made = useMadeJobs();
  const send = useSend(operation, control, secrets, made.add);
  useEffect(() => {
    // Once what is wrong is shown, however long that takes.
    if (send.error !== null) focusFirstProblem(form.current);
  }, [send.error]);
  const refusal = send.error instanceof ApiProblem ? send.error : undefined;
  const problems = placeProblems(refusal?.fields ?? [], operation);
  const hasOnlyFields = refusal !== undefined && refusal.fields.length > 0 && problems.elsewhere.length === 0;
  return (
    <form
      ref={form}
      className="make-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send.send();
      }}
    >
      <div className="make-fields">
        <OperationPicker operations={operations} selected={operation} onSelect={onOperation} />
        {send.error !== null && !hasOnlyFields && (
          <div data-problem>
            <ProblemNotice title="It was not made" error={send.error} />
            <ul className="problem-list">
              {problems.elsewhere.map(({ path, message }) => (
                <li key={`${path.join('.')} ${message}`} className="long-text">
                  <code>{path.join('.')}</code>: {message}
                </li>
              ))}
            </ul>
          </div>
        )}
        {hasOnlyFields && (
          <p className="problem" role="alert">
            {refusal.fields.length === 1 ? 'One field needs' : `${refusal.fields.length} fields need`} another look.
          </p>
        )}
        <RequestFields
          operation={operation}
          control={control}
          secrets={secrets}
          onSecret={(name, value) =>
            setSecrets(({ [name]: _before, ...others }) => (value ? { ...others, [name]: value } : others))
          }
          problems={problems}
        />
        <MoreFields title="Request as JSON" isFilled={draft.brokenText !== undefined} hasProblem={false}>
          <RequestJson draft={draft} changeText={control.changeText} />
        </MoreFields>
      </div>
      <aside className="make-side" aria-label="Make it">
        <div className="make-action">
          <EstimateLine estimate={estimate.data} error={estimate.error} />
          <div className="make-buttons">
            <Button
              variant="accent"
              type="submit"
              isDisabled={draft.brokenText !== undefined}
              isPending={send.isSending}
            >
              Make
            </Button>
            <Button variant="secondary" onPress={control.reset}>
              Start over
            </Button>
          </div>
          {draft.brokenText !== undefined && <p className="problem">The JSON of the request is not finished.</p>}
          {!control.isKept && (
            <p className="problem">The browser has no room to keep this form: a reload would lose it.</p>
          )}
        </div>
        <div className="made-list">
          {made.jobs.map((job) => (
            <MadeJobCard key={job.jobId} {...job} />
          ))}
          {made.jobs.length === 0 && <p className="quiet made-none">What you make appears here by itself.</p>}
        </div>
      </aside>
    </form>
  );
};

/** Leads to the first field that is wrong, or to what says what is wrong. */
const focusFirstProblem = (form: HTMLFormElement | null): void => {
  const wrong = form?.querySelector<HTMLElement>('[data-problem]');
  const field = wrong?.querySelector<HTMLElement>('input, textarea, button, [tabindex="0"]');
  (field ?? wrong)?.focus();
  wrong?.scrollIntoView({ block: 'center' });
};
