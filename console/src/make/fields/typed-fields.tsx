import { TextArea } from '@adobe/react-spectrum/TextArea';
import { TextField } from '@adobe/react-spectrum/TextField';
import { useContext, useState } from 'react';
import { type FieldProps, FormContext, useProblems } from '../form/form-context.ts';
import { buildHint } from '../form/hint.ts';
import { Pills } from '../form/pills.tsx';
import type { NumberField, TextField as TextFieldModel } from '../schema/field.ts';

const numbers = new Intl.NumberFormat();
const formatNumber = (value: number): string => numbers.format(value);

/** A text, on one line or more. */
export const TextView = ({ field, path, value, label = field.label }: FieldProps<TextFieldModel>) => {
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  const isItem = typeof path.at(-1) === 'number';
  const common = {
    label,
    value: text,
    onChange: (typed: string) => change(path, typed === '' && !isItem ? undefined : typed),
    isRequired: field.isRequired,
    necessityIndicator: 'icon' as const,
    validationState: problems.length > 0 ? ('invalid' as const) : undefined,
    errorMessage: problems.join(' '),
    description: describeLength(field, text) ?? buildHint(field, formatNumber),
    width: '100%',
  };
  return (
    <div className={field.isPrompt ? 'prompt' : undefined} data-problem={problems.length > 0 || undefined}>
      {field.isLong ? (
        <TextArea {...common} />
      ) : (
        <TextField
          {...common}
          type={field.isSecret ? 'password' : 'text'}
          autoComplete={field.isSecret ? 'off' : undefined}
        />
      )}
    </div>
  );
};

/** How much of the room is taken, once there is something. Characters are counted as the gateway does. */
const describeLength = ({ isLong, maxLength }: TextFieldModel, text: string): string | undefined => {
  if (!isLong || maxLength === undefined || text === '') return undefined;
  return `${formatNumber([...text].length)} of ${formatNumber(maxLength)} characters.`;
};

const maxNumberPills = 9;
const unset = 'unset';

/** A number: one click where only a few are possible, else typed. What is no number stays as it was typed, and is found wrong. */
export const NumberView = (props: FieldProps<NumberField>) => {
  const { field, path, value, label = field.label } = props;
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const { isInteger, minimum, maximum } = field;
  const count = minimum === undefined || maximum === undefined ? Number.POSITIVE_INFINITY : maximum - minimum + 1;
  if (!isInteger || minimum === undefined || count > maxNumberPills || isForeign(value))
    return <TypedNumber {...props} />;
  const values = Array.from({ length: count }, (_, index) => minimum + index);
  const standard = typeof field.default === 'number' ? formatNumber(field.default) : undefined;
  const first = { key: unset, label: standard === undefined ? 'Automatic' : `${standard} (usual)` };
  const pills = values.map((each) => ({ key: String(each), label: formatNumber(each) }));
  return (
    <Pills
      label={label}
      pills={field.isRequired ? pills : [first, ...pills]}
      selected={value === undefined ? unset : String(value)}
      onSelect={(key) => change(path, key === unset ? undefined : Number(key))}
      hint={buildHint({ ...field, minimum: undefined, maximum: undefined, default: undefined })}
      problems={problems}
      isRequired={field.isRequired}
    />
  );
};

const isForeign = (value: unknown): boolean => value !== undefined && typeof value !== 'number';

const TypedNumber = ({ field, path, value, label = field.label }: FieldProps<NumberField>) => {
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const written = value === undefined ? '' : String(value);
  const [typed, setTyped] = useState(written);
  // `1.` and `1` are the same number: what is typed stays until the value is another.
  const text = parseNumber(typed) === value ? typed : written;
  return (
    <div data-problem={problems.length > 0 || undefined}>
      <TextField
        label={label}
        value={text}
        inputMode={field.isInteger && (field.minimum ?? -1) >= 0 ? 'numeric' : 'text'}
        onChange={(next) => {
          setTyped(next);
          change(path, parseNumber(next));
        }}
        isRequired={field.isRequired}
        validationState={problems.length > 0 ? 'invalid' : undefined}
        errorMessage={problems.join(' ')}
        description={buildHint(field, formatNumber)}
        width="100%"
      />
    </div>
  );
};

const parseNumber = (text: string): number | string | undefined => {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed.replace(/,(?=\d+$)/, '.'));
  return Number.isFinite(number) ? number : text;
};
