import { TextArea } from '@adobe/react-spectrum/TextArea';
import { useContext, useState } from 'react';
import { type FieldProps, FormContext, useProblems } from '../form/form-context.ts';
import { buildHint } from '../form/hint.ts';
import type { JsonField } from '../schema/field.ts';

/** A value that no form expresses, as JSON. What is no JSON stays as it was typed, and is sent as a text. */
export const JsonView = ({ field, path, value, label = field.label }: FieldProps<JsonField>) => {
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const written = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState(written);
  const text = JSON.stringify(parseJson(typed)) === JSON.stringify(value) ? typed : written;
  return (
    <div data-problem={problems.length > 0 || undefined}>
      <TextArea
        label={`${label} (JSON)`}
        value={text}
        onChange={(next) => {
          setTyped(next);
          change(path, parseJson(next));
        }}
        isRequired={field.isRequired}
        validationState={problems.length > 0 ? 'invalid' : undefined}
        errorMessage={problems.join(' ')}
        description={buildHint(field)}
        width="100%"
      />
    </div>
  );
};

const parseJson = (text: string): unknown => {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
