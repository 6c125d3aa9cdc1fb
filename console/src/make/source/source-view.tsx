import { Button } from '@adobe/react-spectrum/Button';
import { DialogContainer } from '@adobe/react-spectrum/DialogContainer';
import { FileTrigger } from '@adobe/react-spectrum/FileTrigger';
import { ProgressCircle } from '@adobe/react-spectrum/ProgressCircle';
import { TextField } from '@adobe/react-spectrum/TextField';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useContext, useId, useState } from 'react';
import { describeProblem } from '../../ui/problem-notice.tsx';
import { isObject } from '../form/body.ts';
import { FieldNotes } from '../form/field-notes.tsx';
import { type FieldProps, FormContext, useProblems } from '../form/form-context.ts';
import { MoreFields } from '../form/more-fields.tsx';
import { RequiredMark } from '../form/pills.tsx';
import type { Field, SourceField } from '../schema/field.ts';
import { DropArea } from './drop-area.tsx';
import { MaskDialog } from './mask-dialog.tsx';
import { findMaskedImage } from './masked-image.ts';
import { rememberPreview, usePreview } from './previews.ts';
import { RecentPictures } from './recent-pictures.tsx';
import { uploadFile } from './upload.ts';

/** A file that is read: dropped, pasted, chosen, painted, taken from what was made, or named by its address. */
export const SourceView = (props: FieldProps<SourceField> & { renderField(field: FieldProps<Field>): ReactNode }) => {
  const { field, path, value, label: givenLabel, renderField } = props;
  const label = givenLabel ?? field.label;
  const { change, whole } = useContext(FormContext);
  const queryClient = useQueryClient();
  const problems = useProblems(path);
  const [failure, setFailure] = useState<string>();
  const [uploading, setUploading] = useState<string>();
  const [dialog, setDialog] = useState<'recent' | 'mask'>();
  const id = useId();
  const given = isObject(value) ? value : {};
  const address = typeof given['url'] === 'string' ? given['url'] : undefined;
  const uploadId = typeof given['uploadId'] === 'string' ? given['uploadId'] : undefined;
  const preview = usePreview(address);
  const masked = field.maskOf === undefined ? undefined : findMaskedImage(whole, path, field.maskOf);
  const maskedPreview = usePreview(masked);
  const others = field.others();

  const setAddress = (url: string | undefined) => {
    setFailure(undefined);
    if (field.takesUploadId) change([...path, 'uploadId'], undefined);
    change([...path, 'url'], url);
  };
  const upload = async (file: File | Blob) => {
    setFailure(undefined);
    setUploading(file instanceof File ? file.name : label);
    try {
      const url = await uploadFile(file);
      const made = await rememberPreview(url, file);
      if (made !== undefined) queryClient.setQueryData(['preview', url], made);
      setAddress(url);
    } catch (error) {
      setFailure(describeProblem(error));
    } finally {
      setUploading(undefined);
    }
  };

  return (
    <fieldset className="source" aria-describedby={`${id}-notes`} data-problem={problems.length > 0 || undefined}>
      <legend>
        {label}
        {field.isRequired && <RequiredMark />}
      </legend>
      <DropArea label={label} onFile={upload}>
        {uploading !== undefined && (
          <span className="uploading" role="status">
            <ProgressCircle aria-label="Uploading" isIndeterminate size="S" /> Uploading{' '}
            <span className="long-text">{uploading.slice(0, 80)}</span>
          </span>
        )}
        {uploading === undefined && preview.data && (
          <img src={preview.data.url} alt={`${label}, as chosen`} className="source-preview" />
        )}
        {uploading === undefined && !preview.data && (
          <span className="quiet">
            {address || uploadId ? 'No preview of this file' : 'Drop a file here, or paste one from the clipboard'}
          </span>
        )}
        <div className="source-actions">
          <FileTrigger onSelect={(files) => files?.[0] && upload(files[0])}>
            <Button variant="secondary">Choose a file</Button>
          </FileTrigger>
          <Button variant="secondary" onPress={() => setDialog('recent')}>
            From what was made
          </Button>
          {field.maskOf !== undefined && (
            <Button variant="secondary" isDisabled={!maskedPreview.data} onPress={() => setDialog('mask')}>
              Paint the mask
            </Button>
          )}
        </div>
      </DropArea>
      <TextField
        label={`Address of ${label}`}
        value={address ?? ''}
        onChange={(typed) => setAddress(typed === '' ? undefined : typed)}
        description="s3://bucket/key, job:id/0, or a presigned https address"
        width="100%"
        validationState={problems.length > 0 ? 'invalid' : undefined}
      />
      {uploadId !== undefined && <p className="hint">Upload {uploadId}</p>}
      <div id={`${id}-notes`}>
        <FieldNotes hint={field.description} problems={failure === undefined ? problems : [...problems, failure]} />
      </div>
      {others.length > 0 && (
        <MoreFields
          title={`More about ${label}`}
          isFilled={others.some(({ name }) => name in given)}
          hasProblem={false}
        >
          {others.map((other) => (
            <div key={other.name}>
              {renderField({ field: other, path: [...path, other.name], value: given[other.name] })}
            </div>
          ))}
        </MoreFields>
      )}
      <DialogContainer onDismiss={() => setDialog(undefined)} type={dialog === 'mask' ? 'fullscreen' : 'modal'}>
        {dialog === 'recent' && (
          <RecentPictures
            onChoose={(chosen) => {
              setAddress(chosen);
              setDialog(undefined);
            }}
          />
        )}
        {dialog === 'mask' && maskedPreview.data && (
          <MaskDialog
            image={maskedPreview.data}
            onDone={(mask) => {
              setDialog(undefined);
              void upload(mask);
            }}
          />
        )}
      </DialogContainer>
    </fieldset>
  );
};
