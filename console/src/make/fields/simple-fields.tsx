import { Checkbox } from '@adobe/react-spectrum/Checkbox';
import { Item, Picker } from '@adobe/react-spectrum/Picker';
import { useContext } from 'react';
import { labelValue } from '../../ui/labels.ts';
import { FieldNotes } from '../form/field-notes.tsx';
import { type FieldProps, FormContext, useProblems } from '../form/form-context.ts';
import { buildHint } from '../form/hint.ts';
import { Pills } from '../form/pills.tsx';
import type { BooleanField, ChoiceField, ConstantField } from '../schema/field.ts';

const maxPills = 6;
const maxPillLabel = 24;
const unset = 'unset';

/** One of a few values: in view if they are short, else in a list that opens. */
export const ChoiceView = ({ field, path, value, label = field.label }: FieldProps<ChoiceField>) => {
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const { keys, pills } = listPills(field);
  const key = keys.get(value);
  // A value that the list lacks, from a remix of an older request, stays as it is until another is chosen.
  const hint = key === undefined ? `Now: ${labelValue(value)}` : buildHint({ ...field, default: undefined });
  const select = (chosen: string) => change(path, chosen === unset ? undefined : field.values[Number(chosen)]);
  if (pills.length <= maxPills && pills.every((each) => each.label.length <= maxPillLabel)) {
    return (
      <Pills
        label={label}
        pills={pills}
        selected={key}
        onSelect={select}
        hint={hint}
        problems={problems}
        isRequired={field.isRequired}
      />
    );
  }
  return (
    <div data-problem={problems.length > 0 || undefined}>
      <Picker
        label={label}
        items={pills}
        selectedKey={key ?? null}
        onSelectionChange={(chosen) => chosen !== null && select(String(chosen))}
        isRequired={field.isRequired}
        validationState={problems.length > 0 ? 'invalid' : undefined}
        errorMessage={problems.join(' ')}
        description={hint}
        width="100%"
      >
        {(item) => <Item>{item.label}</Item>}
      </Picker>
    </div>
  );
};

/** What can be chosen, and which of it a value is. What is taken by default is chosen by leaving the field out. */
const listPills = ({ values, isRequired, default: standard }: ChoiceField) => {
  const known = values.indexOf(standard as (typeof values)[number]);
  const pills = values.map((value, index) =>
    index === known && !isRequired
      ? { key: unset, label: `${labelValue(value)} (usual)` }
      : { key: String(index), label: labelValue(value) },
  );
  const keys = new Map<unknown, string>(values.map((value, index) => [value, pills[index]?.key ?? unset]));
  if (isRequired) return { keys: keys.set(undefined, ''), pills };
  keys.set(undefined, unset);
  return { keys, pills: known < 0 ? [{ key: unset, label: 'Automatic' }, ...pills] : pills };
};

/** Yes or no. */
export const BooleanView = ({ field, path, value, label = field.label }: FieldProps<BooleanField>) => {
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const off = field.isRequired || field.default === true ? false : undefined;
  return (
    <div data-problem={problems.length > 0 || undefined}>
      <Checkbox
        isSelected={typeof value === 'boolean' ? value : field.default === true}
        onChange={(isSelected) => change(path, isSelected ? true : off)}
        isInvalid={problems.length > 0}
      >
        {label}
      </Checkbox>
      <FieldNotes hint={buildHint(field)} problems={problems} />
    </div>
  );
};

/** A value that is the only one: it is there or not. One that must be there says nothing. */
export const ConstantView = ({ field, path, value, label = field.label }: FieldProps<ConstantField>) => {
  const { change } = useContext(FormContext);
  if (field.isRequired) return null;
  return (
    <Checkbox isSelected={value !== undefined} onChange={(isOn) => change(path, isOn ? field.value : undefined)}>
      {label}: {labelValue(field.value)}
    </Checkbox>
  );
};
