import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { TextField } from '@adobe/react-spectrum/TextField';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { callApi } from '../api/client.ts';
import type { JobRecord } from '../api/jobs.ts';
import { ApiProblem } from '../api/problem.ts';
import { useEdit } from '../ui/use-edit.ts';

/** Shows the labels of a job, adds some and takes some away. */
export const LabelEditor = ({ job }: { job: JobRecord }) => {
  const labels = job.labels ?? {};
  const [typed, setTyped] = useState('');
  const { mutate, isPending, error } = useEdit({
    run: (changed: Record<string, string>) => callApi(`/jobs/${job.jobId}/labels`, { method: 'PUT', body: changed }),
    keys: [['job', job.jobId], ['job-changes']],
    failure: 'The labels could not be changed.',
  });
  const [name = '', ...value] = typed.split('=').map((part) => part.trim());
  const isComplete = name !== '' && value.join('=') !== '';
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) mutate({ ...labels, [name]: value.join('=') }, { onSuccess: () => setTyped('') });
  };
  const remove = (gone: string) => mutate(Object.fromEntries(Object.entries(labels).filter(([each]) => each !== gone)));
  const problem = error instanceof ApiProblem ? (error.fields[0]?.message ?? error.message) : undefined;
  return (
    <section aria-labelledby="labels-title">
      <h2 id="labels-title">Labels</h2>
      <ul className="labels">
        {Object.entries(labels).map(([each, text]) => (
          <li key={each} className="long-text">
            <Link to={`/?label=${encodeURIComponent(`${each}=${text}`)}`}>
              {each}={text}
            </Link>
            <button
              type="button"
              aria-label={`Remove the label ${each}`}
              disabled={isPending}
              onClick={() => remove(each)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add} className="label-form">
        <TextField
          label="New label"
          description="name=value, for example campaign=spring"
          value={typed}
          onChange={setTyped}
          validationState={problem === undefined ? undefined : 'invalid'}
          errorMessage={problem}
          width="100%"
        />
        <ActionButton type="submit" isDisabled={!isComplete || isPending}>
          Add
        </ActionButton>
      </form>
    </section>
  );
};
