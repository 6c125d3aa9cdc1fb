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
import type { JobRecord } from '../api/jobs.ts';
import { useEdit } from '../ui/use-edit.ts';
import { buildCurl } from './curl.ts';
import { downloadOutput } from './download.ts';

/** What can be done with a job and the output that is looked at. */
export const Actions = (props: { job: JobRecord; index: number; canErase: boolean; onErased: () => void }) => {
  const { job, index, canErase, onErased } = props;
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
  const eraseNow = () =>
    erase.mutate(undefined, {
      onSuccess: () => {
        client.removeQueries({ queryKey: key });
        ToastQueue.positive('The job and its outputs are erased.');
        onErased();
      },
    });
  const isFavourite = favourite.isPending ? favourite.variables : job.favourite === true;
  const remix = (address: string) => void navigate(address);
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
        <Menu onAction={(choice) => remix(`/new?from=${jobId}${choice === 'same' ? '&seed=1' : ''}`)}>
          <Item key="new">With another seed</Item>
          <Item key="same">With the same seed</Item>
        </Menu>
      </MenuTrigger>
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
        <DialogTrigger>
          <ActionButton isDisabled={erase.isPending}>Erase</ActionButton>
          <AlertDialog
            title="Erase this job?"
            variant="destructive"
            primaryActionLabel="Erase"
            cancelLabel="Keep"
            onPrimaryAction={eraseNow}
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
