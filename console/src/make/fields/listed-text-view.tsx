import { ComboBox, Item } from '@adobe/react-spectrum/ComboBox';
import { Text } from '@adobe/react-spectrum/Text';
import { useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import { callApi } from '../../api/client.ts';
import { describeProblem } from '../../ui/problem-notice.tsx';
import { isObject } from '../form/body.ts';
import { type FieldProps, FormContext, useProblems } from '../form/form-context.ts';
import { buildHint } from '../form/hint.ts';
import type { TextField } from '../schema/field.ts';
import type { ListedIn } from '../schema/json-schema.ts';

// Adobe changes these lists seldom, and counts how often they are asked for.
const staleMs = 300_000;

interface Choice {
  value: string;
  label: string;
}

/** A text that stands in a list of the gateway: chosen from it, or typed where the list does not have it or is not there. */
export const ListedTextView = (props: FieldProps<TextField> & { listedIn: ListedIn }) => {
  const { field, listedIn, path, value, label = field.label } = props;
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const { data: choices = [], error } = useQuery({
    queryKey: ['choices', listedIn],
    queryFn: async ({ signal }) => readChoices(await callApi<unknown>(listedIn.path, { signal }), listedIn),
    staleTime: staleMs,
  });
  const text = typeof value === 'string' ? value : '';
  const typed = text.toLowerCase();
  const isChosen = choices.some((choice) => choice.value === text);
  // All of them once one is chosen: the next click is for another.
  const items = isChosen
    ? choices
    : choices.filter((choice) => `${choice.label} ${choice.value}`.toLowerCase().includes(typed));
  const name = choices.find((choice) => choice.value === text)?.label;
  const hint =
    error === null ? buildHint(field) : `The list cannot be shown: ${describeProblem(error)} Type the value.`;
  const set = (next: string) => change(path, next === '' ? undefined : next);
  return (
    <div data-problem={problems.length > 0 || undefined}>
      <ComboBox
        label={label}
        items={items.map((choice) => ({ ...choice, id: choice.value }))}
        inputValue={text}
        onInputChange={set}
        onSelectionChange={(key) => key !== null && set(String(key))}
        allowsCustomValue
        menuTrigger="focus"
        isRequired={field.isRequired}
        validationState={problems.length > 0 ? 'invalid' : undefined}
        errorMessage={problems.join(' ')}
        description={name === undefined || name === text ? hint : name}
        width="100%"
      >
        {(choice) => (
          // What stands in the field is what is sent.
          <Item key={choice.value} textValue={choice.value}>
            <Text>{choice.label}</Text>
            {choice.label !== choice.value && <Text slot="description">{choice.value}</Text>}
          </Item>
        )}
      </ComboBox>
    </div>
  );
};

/** What can be chosen from the answer of a list; what has no value by which a request could name it is left out. */
export const readChoices = (answer: unknown, { items, value, label }: ListedIn): Choice[] => {
  const list = isObject(answer) ? answer[items] : undefined;
  return (Array.isArray(list) ? list : []).flatMap((item: unknown) => {
    const given = isObject(item) ? item[value] : undefined;
    const name = isObject(item) ? item[label] : undefined;
    return typeof given === 'string' ? [{ value: given, label: typeof name === 'string' ? name : given }] : [];
  });
};
