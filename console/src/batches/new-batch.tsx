import { Button } from '@adobe/react-spectrum/Button';
import { Form } from '@adobe/react-spectrum/Form';
import { Item, Picker } from '@adobe/react-spectrum/Picker';
import { TextField } from '@adobe/react-spectrum/TextField';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ApiProblem } from '../api/problem.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { showBytes, showNumber } from '../ui/words.ts';
import '../ui/fields.css';
import './batches.css';
import { useCreateBatch } from './batch-api.ts';
import { DropFile } from './drop-file.tsx';
import { findFileKind, maxFileBytes } from './file-kinds.ts';
import { type FilePreview, previewFile } from './preview-file.ts';
import { PreviewTable } from './preview-table.tsx';

interface ChosenFile {
  file: File;
  preview: FilePreview;
}

const emptyDraft = { priority: 'low', outputName: '', labels: '', key: '' };

/** Sends a file as a batch, after a look at its first lines. */
export const Component = () => {
  const [chosen, setChosen] = useState<ChosenFile>();
  const [problem, setProblem] = useState<string>();
  const choose = async (file: File) => {
    const found = findFileProblem(file);
    setProblem(found);
    if (found !== undefined) return setChosen(undefined);
    setChosen({
      file,
      preview: previewFile(file.name, file.name.toLowerCase().endsWith('.xlsx') ? '' : await file.text()),
    });
  };
  return (
    <div className="column">
      <Link to="/batches">All batches</Link>
      <h1>New batch</h1>
      <DropFile onFile={choose} />
      {problem && (
        <p role="alert" className="field-problem long-text">
          {problem}
        </p>
      )}
      {chosen && <SendFile key={`${chosen.file.name} ${chosen.file.lastModified}`} {...chosen} />}
    </div>
  );
};

const findFileProblem = ({ name, size }: File): string | undefined => {
  if (findFileKind(name) === undefined) return `${name} is no CSV, JSONL, JSON or XLSX file.`;
  if (size === 0) return `${name} is empty.`;
  if (size <= maxFileBytes) return undefined;
  return `${name} has ${showBytes(size)}; the page sends up to ${showBytes(maxFileBytes)}. Put larger files into the bucket, below inbox/.`;
};

const SendFile = ({ file, preview }: ChosenFile) => {
  const navigate = useNavigate();
  const create = useCreateBatch();
  const [draft, change, forget] = useDraft('new-batch', emptyDraft);
  const send = () => {
    // The same click twice, or once more after a lost connection, is the same batch.
    const key = draft.key === '' ? crypto.randomUUID() : draft.key;
    change({ key });
    create.mutate(
      {
        body: file,
        contentType: findFileKind(file.name)?.contentType ?? '',
        headers: {
          'idempotency-key': key,
          'x-priority': draft.priority,
          ...(draft.outputName.trim() !== '' && { 'x-output-name': encodeURI(draft.outputName.trim()) }),
          ...(draft.labels.trim() !== '' && { 'x-label': encodeURI(draft.labels.trim()) }),
        },
      },
      {
        onSuccess: ({ batchId }) => {
          forget();
          navigate(`/batches/${batchId}`);
        },
        // Refused as it stands: the next attempt will be another request.
        onError: (error) => {
          if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) change({ key: '' });
        },
      },
    );
  };
  const { problem, count } = preview;
  const headerProblem = (name: string) =>
    create.error instanceof ApiProblem
      ? create.error.fields.find(({ path }) => path[0] === 'header' && path[1] === name)?.message
      : undefined;
  const problems = { outputName: headerProblem('x-output-name'), labels: headerProblem('x-label') };
  return (
    <>
      <h2 className="long-text">{file.name}</h2>
      <p>
        {showBytes(file.size)}
        {count !== undefined && count > 0 && `, ${showNumber(count)} ${count === 1 ? 'request' : 'requests'}`}
      </p>
      {problem && <ProblemNotice title="The file cannot be a batch" error={new Error(problem)} />}
      <PreviewTable preview={preview} />
      <Form
        maxWidth="size-6000"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Picker
          label="Priority"
          description="Of each line that names none of its own"
          selectedKey={draft.priority}
          onSelectionChange={(priority) => change({ priority: String(priority) })}
        >
          <Item key="low">Low</Item>
          <Item key="normal">Normal</Item>
          <Item key="high">High</Item>
        </Picker>
        <TextField
          label="Names of the pictures"
          description="Such as {id}-{size.width}, with names of columns; leave it empty for names by job"
          value={draft.outputName}
          onChange={(outputName) => change({ outputName })}
          validationState={problems.outputName === undefined ? undefined : 'invalid'}
          errorMessage={problems.outputName}
        />
        <TextField
          label="Labels"
          description="Such as campaign=spring, team=brand"
          value={draft.labels}
          onChange={(labels) => change({ labels })}
          validationState={problems.labels === undefined ? undefined : 'invalid'}
          errorMessage={problems.labels}
        />
        <div className="toolbar">
          <Button variant="accent" type="submit" isPending={create.isPending} isDisabled={problem !== undefined}>
            Send batch
          </Button>
        </div>
      </Form>
      {create.error && problems.labels === undefined && problems.outputName === undefined && (
        <ProblemNotice title="The batch was not taken" error={create.error} onRetry={send} />
      )}
    </>
  );
};
