import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { ComboBox, Item } from '@adobe/react-spectrum/ComboBox';
import { Item as Tag, TagGroup } from '@adobe/react-spectrum/TagGroup';
import { useContext, useState } from 'react';
import { labelValue } from '../../ui/labels.ts';
import { FieldNotes } from '../form/field-notes.tsx';
import { type FieldProps, FormContext, useProblems } from '../form/form-context.ts';
import { buildHint } from '../form/hint.ts';
import { RequiredMark } from '../form/pills.tsx';
import { buildInitialItem, type Field, type ListField } from '../schema/field.ts';

/** Any number of the same; draws an item by what is given. */
export const ListView = (props: FieldProps<ListField> & { renderItem(item: FieldProps<Field>): React.ReactNode }) => {
  const { field, path, value, label = field.label, renderItem } = props;
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const item = field.item();
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const isFull = field.maxItems !== undefined && items.length >= field.maxItems;
  const remove = (index: number) => {
    const rest = items.filter((_, position) => position !== index);
    change(path, rest.length === 0 && !field.isRequired ? undefined : rest);
  };
  return (
    <fieldset className="group" data-problem={problems.length > 0 || undefined}>
      <legend>
        {label}
        {field.isRequired && <RequiredMark />}
      </legend>
      <FieldNotes hint={buildHint(field)} problems={problems} />
      {items.map(toPositioned).map(({ inner, index, name }) => (
        <div key={name} className="list-item">
          <div className="list-item-field">
            {renderItem({ field: item, path: [...path, index], value: inner, label: `${label} ${name}` })}
          </div>
          <ActionButton onPress={() => remove(index)} isQuiet aria-label={`Remove ${label} ${name}`}>
            Remove
          </ActionButton>
        </div>
      ))}
      <ActionButton
        onPress={() => change([...path, items.length], buildInitialItem(item))}
        isDisabled={isFull}
        alignSelf="start"
      >
        Add to {label}
      </ActionButton>
    </fieldset>
  );
};

// The draft is the only state of an item, so that its place names it.
const toPositioned = (inner: unknown, index: number) => ({ inner, index, name: String(index + 1) });

/** Whether the items of a list have names to pick from. */
export const hasPicks = (field: ListField): boolean => listPicks(field).length > 0;

const listPicks = (field: ListField): readonly string[] => {
  const item = field.item();
  if (item.kind === 'choice') return item.values.filter((value) => typeof value === 'string');
  return item.kind === 'text' ? item.suggestions : [];
};

/** A list of names, picked by a search; where others are possible as well, they can be typed. */
export const PicksView = ({ field, path, value, label = field.label }: FieldProps<ListField>) => {
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const [typed, setTyped] = useState('');
  const picked: readonly unknown[] = Array.isArray(value) ? value : [];
  const rest = listPicks(field).filter((each) => !picked.includes(each));
  const isOpen = field.item().kind === 'text';
  const isFull = field.maxItems !== undefined && picked.length >= field.maxItems;
  const set = (next: readonly unknown[]) => change(path, next.length === 0 && !field.isRequired ? undefined : next);
  const add = (name: string) => {
    if (name !== '' && !picked.includes(name)) set([...picked, name]);
    setTyped('');
  };
  return (
    <div className="picks" data-problem={problems.length > 0 || undefined}>
      <ComboBox
        label={label}
        description={buildHint(field)}
        items={rest.map((id) => ({ id, name: labelValue(id) }))}
        inputValue={typed}
        onInputChange={setTyped}
        selectedKey={null}
        onSelectionChange={(key) => {
          if (key !== null) add(String(key));
          else if (isOpen) add(typed.trim());
        }}
        allowsCustomValue={isOpen}
        isDisabled={isFull}
        isRequired={field.isRequired}
        validationState={problems.length > 0 ? 'invalid' : undefined}
        errorMessage={problems.join(' ')}
        menuTrigger="focus"
        width="100%"
      >
        {(each) => <Item>{each.name}</Item>}
      </ComboBox>
      {picked.length > 0 && (
        <TagGroup
          aria-label={`Chosen: ${label}`}
          items={picked.map((each, id) => ({ id, name: labelValue(each) }))}
          onRemove={(keys) => set(picked.filter((_, id) => !keys.has(id)))}
        >
          {(each) => <Tag textValue={each.name}>{each.name}</Tag>}
        </TagGroup>
      )}
    </div>
  );
};
