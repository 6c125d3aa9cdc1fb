import { TextArea } from '@adobe/react-spectrum/TextArea';
import { useState } from 'react';
import type { DraftControl } from './draft/use-draft.ts';

/** The whole body as JSON, which can be typed as well: form and text are one request. */
export const RequestJson = ({ draft, changeText }: Pick<DraftControl, 'draft' | 'changeText'>) => {
  const written = JSON.stringify(draft.body, null, 2);
  const [typed, setTyped] = useState(draft.brokenText ?? written);
  const text = draft.brokenText ?? (isSame(typed, written) ? typed : written);
  return (
    <div className="request-json">
      <TextArea
        label="Body of the request"
        value={text}
        onChange={(next) => {
          setTyped(next);
          changeText(next);
        }}
        validationState={draft.brokenText === undefined ? undefined : 'invalid'}
        errorMessage="This is no JSON object yet: the form shows what it was before."
        description="What a form cannot express can be written here."
        width="100%"
      />
    </div>
  );
};

/** Whether two texts are the same body, however they are laid out. */
const isSame = (text: string, written: string): boolean => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2) === written;
  } catch {
    return false;
  }
};
