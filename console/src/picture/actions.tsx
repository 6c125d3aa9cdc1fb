import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { AlertDialog } from '@adobe/react-spectrum/AlertDialog';
import { DialogTrigger } from '@adobe/react-spectrum/DialogTrigger';
import { Item, Menu } from '@adobe/react-spectrum/Menu';
import { MenuTrigger } from '@adobe/react-spectrum/MenuTrigger';
import { ToastQueue } from '@adobe/react-spectrum/Toast';
import { ToggleButton } from '@adobe/react-spectrum/ToggleButton';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { callApi } from '../api/client.ts';
import type { JobFilters, JobRecord } from '../api/jobs.ts';
import { chooseAddress, compareAddress, remixAddress } from '../ui/addresses.ts';
import { useFirstAnswer } from '../ui/first-answer.ts';
import { useEdit } from '../ui/use-edit.ts';
import { buildCurl } from './curl.ts';
import { downloadOutput } from './download.ts';

/** What can be done with a job and the output that is looked at. */
export const Actions = (props: {
  job: JobRecord;
  index: number;
  /** Of the wall that the reader came from. */
  filters: JobFilters;
  canErase: boolean;
  onErased: () => void;
}) => {
  const { job, index, filters, canErase, onErased } = props;
  const { jobId } = job;
  const navigate = useNavigate();
  const client = useQueryClient();
  const key = ['job', jobId];
  const favourite = useEdit({
    run: (isOn: boolean) => callApi(`/jobs/${jobId}/favourite`, { method: 'PUT', body: { favourite: isOn } }),
    keys: [key, ['job-changes']],
    failure: 'It could not be marked.',
  });
  const cancel = useEdit({
    run: () => callApi(new URL(job.links.cancelUrl).pathname, { method: 'PUT' }),
    keys: [key, ['job-changes']],
    failure: 'It could not be cancelled.',
  });
  const erase = useEdit({
    run: () => callApi(`/jobs/${jobId}`, { method: 'DELETE' }),
    keys: [['jobs'], ['neighbours']],
    failure: 'It could not be erased.',
  });
  const download = useEdit({
    run: () => downloadOutput(job, index),
    keys: [],
    failure: 'It could not be downloaded.',
  });
  const { ask, answer } = useFirstAnswer();
  const eraseNow = () =>
    erase.mutate(undefined, {
      onSuccess: () => {
        client.removeQueries({ queryKey: key });
        ToastQueue.positive('The job and its outputs are erased.');
        onErased();
      },
    });
  const isFavourite = favourite.isPending ? favourite.variables : job.favourite === true;
  return (
    <div className="actions">
      <ToggleButton isSelected={isFavourite} onChange={(isOn) => favourite.mutate(isOn)}>
        ♥ Favourite
      </ToggleButton>
      {job.outputs[index] !== undefined && (
        <ActionButton onPress={() => download.mutate(undefined)} isDisabled={download.isPending}>
          {download.isPending ? 'Downloading …' : 'Download'}
        </ActionButton>
      )}
      <MenuTrigger>
        <ActionButton>Make again</ActionButton>
        <Menu onAction={(choice) => void navigate(remixAddress(jobId, { withSeeds: choice === 'same' }))}>
          <Item key="new">With another seed</Item>
          <Item key="same">With the same seed</Item>
        </Menu>
      </MenuTrigger>
      {job.outputs[index] !== undefined && (
        <MenuTrigger>
          <ActionButton>Compare</ActionButton>
          <Menu
            disabledKeys={job.outputs.length < 2 ? ['outputs'] : []}
            onAction={(choice) =>
              void navigate(
                choice === 'outputs' ? compareOutputs(job, index) : chooseAddress([{ jobId, index }], filters),
              )
            }
          >
            <Item key="others">With pictures of the wall</Item>
            <Item key="outputs">With other outputs of this job</Item>
          </Menu>
        </MenuTrigger>
      )}
      <MenuTrigger>
        <ActionButton>Copy</ActionButton>
        <Menu onAction={(choice) => copy(String(choice), job)}>
          <Item key="curl">As curl</Item>
          <Item key="json">Record as JSON</Item>
          <Item key="request">Request as JSON</Item>
          <Item key="link">Link to this page</Item>
        </Menu>
      </MenuTrigger>
      {canErase ? (
        <DialogTrigger onOpenChange={(isOpen) => isOpen && ask()}>
          <ActionButton isDisabled={erase.isPending}>Erase</ActionButton>
          <AlertDialog
            title="Erase this job?"
            variant="destructive"
            primaryActionLabel="Erase"
            cancelLabel="Keep"
            onPrimaryAction={answer(eraseNow)}
            onCancel={answer(() => {})}
          >
            Its record, its prompt, all of its outputs and their previews are erased for good. What it has cost stays
            counted.
          </AlertDialog>
        </DialogTrigger>
      ) : (
        <ActionButton onPress={() => cancel.mutate(undefined)} isDisabled={cancel.isPending}>
          Cancel
        </ActionButton>
      )}
    </div>
  );
};

/** The output that is looked at first, then the others in their order. */
const compareOutputs = ({ jobId, outputs }: JobRecord, index: number): string => {
  const others = outputs.map((_, place) => place).filter((place) => place !== index);
  return compareAddress([index, ...others].map((place) => ({ jobId, index: place })));
};

const copy = async (what: string, job: JobRecord): Promise<void> => {
  const text =
    what === 'curl'
      ? buildCurl(job)
      : what === 'link'
        ? location.href
        : JSON.stringify(what === 'request' ? job.request : job, undefined, 2);
  try {
    await navigator.clipboard.writeText(text);
    ToastQueue.positive('Copied.', { timeout: 5_000 });
  } catch {
    ToastQueue.negative('The browser does not allow this page to copy.');
  }
};
