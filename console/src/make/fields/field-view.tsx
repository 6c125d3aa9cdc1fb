import { useContext } from 'react';
import { isObject } from '../form/body.ts';
import { findOption } from '../form/choose-option.ts';
import { FieldNotes } from '../form/field-notes.tsx';
import { type FieldProps, FormContext, useHasProblemInside, useProblems } from '../form/form-context.ts';
import { buildHint } from '../form/hint.ts';
import { MoreFields } from '../form/more-fields.tsx';
import { Pills, RequiredMark } from '../form/pills.tsx';
import { buildInitialItem, type Field, type ObjectField, type UnionField } from '../schema/field.ts';
import { SourceView } from '../source/source-view.tsx';
import { JsonView } from './json-view.tsx';
import { hasPicks, ListView, PicksView } from './list-view.tsx';
import { ListedTextView } from './listed-text-view.tsx';
import { BooleanView, ChoiceView, ConstantView } from './simple-fields.tsx';
import { SizeView } from './size-view.tsx';
import { NumberView, TextView } from './typed-fields.tsx';

/** One field of a form, whatever it is. */
export const FieldView = ({ field, ...place }: FieldProps<Field>) => {
  switch (field.kind) {
    case 'text':
      return field.listedIn === undefined ? (
        <TextView field={field} {...place} />
      ) : (
        <ListedTextView field={field} listedIn={field.listedIn} {...place} />
      );
    case 'number':
      return <NumberView field={field} {...place} />;
    case 'boolean':
      return <BooleanView field={field} {...place} />;
    case 'choice':
      return <ChoiceView field={field} {...place} />;
    case 'constant':
      return <ConstantView field={field} {...place} />;
    case 'size':
      return <SizeView field={field} {...place} />;
    case 'list':
      return hasPicks(field) ? (
        <PicksView field={field} {...place} />
      ) : (
        <ListView field={field} {...place} renderItem={(item) => <FieldView {...item} />} />
      );
    case 'object':
      return <ObjectView field={field} {...place} />;
    case 'union':
      return <UnionView field={field} {...place} />;
    case 'source':
      return <SourceView field={field} {...place} renderField={(inner) => <FieldView {...inner} />} />;
    case 'json':
      return <JsonView field={field} {...place} />;
  }
};

const ObjectView = ({ field, path, value, label = field.label }: FieldProps<ObjectField>) => {
  const problems = useProblems(path);
  const hasProblem = useHasProblemInside(path);
  const inner = isObject(value) ? value : {};
  const fields = field.fields().filter(({ isDeprecated, name }) => !isDeprecated || name in inner);
  const [only, ...others] = fields;
  const isWrong = problems.length > 0 || undefined;
  // One name for a thing and its only part: `Image` and not `Image, Source`.
  if (only !== undefined && others.length === 0 && only.kind !== 'constant') {
    const named = { ...only, isRequired: field.isRequired, description: only.description ?? field.description };
    return (
      <div data-problem={isWrong}>
        <FieldView field={named} path={[...path, only.name]} value={inner[only.name]} label={label} />
        <FieldNotes hint={undefined} problems={problems} />
      </div>
    );
  }
  const source = fields.find((each) => each.kind === 'source');
  const content = (
    <>
      <FieldNotes hint={buildHint(field)} problems={problems} />
      {fields.map((each) => (
        <FieldView
          key={each.name}
          field={each}
          path={[...path, each.name]}
          value={inner[each.name]}
          label={each === source ? label : undefined}
        />
      ))}
    </>
  );
  // A mask is painted by whoever sees the button. It bears the name, and what else there is stands below it.
  if (source?.maskOf !== undefined || (source !== undefined && field.isRequired)) {
    return (
      <div className="group" data-problem={isWrong}>
        {content}
      </div>
    );
  }
  if (!field.isRequired) {
    return (
      <MoreFields title={label} isFilled={value !== undefined} hasProblem={hasProblem}>
        {content}
      </MoreFields>
    );
  }
  return (
    <fieldset className="group" data-problem={isWrong}>
      <legend>
        {label}
        <RequiredMark />
      </legend>
      {content}
    </fieldset>
  );
};

const unset = 'unset';

const UnionView = ({ field, path, value, label = field.label }: FieldProps<UnionField>) => {
  const { change } = useContext(FormContext);
  const problems = useProblems(path);
  const options = field.options();
  const index = findOption(field, value);
  const option = options[index];
  const pills = options.map(({ label: name }, position) => ({ key: String(position), label: name }));
  return (
    <div className="group">
      <Pills
        label={label}
        pills={field.isRequired ? pills : [{ key: unset, label: 'Automatic' }, ...pills]}
        selected={value === undefined ? unset : String(index)}
        onSelect={(key) => {
          const next = options[Number(key)];
          change(path, key === unset || next === undefined ? undefined : buildInitialItem(next));
        }}
        hint={buildHint(field)}
        problems={problems}
        isRequired={field.isRequired}
      />
      {option !== undefined && <FieldView field={option} path={path} value={value} label={option.label} />}
    </div>
  );
};
