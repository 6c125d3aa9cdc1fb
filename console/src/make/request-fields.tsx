import { useMemo } from 'react';
import type { DraftControl } from './draft/use-draft.ts';
import { FieldView } from './fields/field-view.tsx';
import { FormContext, useHasProblemInside } from './form/form-context.ts';
import { groupFields } from './form/group-fields.ts';
import { MoreFields } from './form/more-fields.tsx';
import type { ProblemPlaces } from './form/place-problems.ts';
import type { Field } from './schema/field.ts';
import type { Operation } from './schema/operations.ts';

/** Every field of a request: what is to be made, what must be there, what is often chosen, and the rest. */
export const RequestFields = (props: {
  operation: Operation;
  control: DraftControl;
  /** Headers that are secrets: they are in no draft. */
  secrets: Readonly<Record<string, string>>;
  onSecret(name: string, value: string | undefined): void;
  problems: ProblemPlaces;
}) => {
  const { operation, control, secrets, onSecret, problems } = props;
  const { draft, changeBody, changeHeader } = control;
  const groups = useMemo(() => groupFields(operation.body.fields()), [operation]);
  const modelField = operation.headers.find(({ name }) => name === operation.modelHeader);
  const otherHeaders = operation.headers.filter((header) => header !== modelField);
  const required = otherHeaders.filter(({ isRequired }) => isRequired);
  const optional = otherHeaders.filter(({ isRequired }) => !isRequired);
  const model = operation.modelHeader === undefined ? undefined : draft.headers[operation.modelHeader];
  const common = { whole: draft.body, model: model ?? operation.defaultModel, problems: problems.byField };
  const isSecret = (name: string) =>
    operation.headers.some((header) => header.name === name && header.kind === 'text' && header.isSecret);
  const setHeader = ([name = '']: readonly (string | number)[], value: unknown) => {
    const text = value === undefined ? undefined : String(value);
    if (isSecret(String(name))) onSecret(String(name), text);
    else changeHeader(String(name), text);
  };
  const headerScope = { ...common, where: 'header' as const, change: setHeader };
  const bodyFields = (fields: readonly Field[]) =>
    fields.map((field) => (
      <FieldView key={field.name} field={field} path={[field.name]} value={draft.body[field.name]} />
    ));
  const headerFields = (fields: readonly Field[]) => (
    <FormContext value={headerScope}>
      {fields.map((field) => (
        <FieldView
          key={field.name}
          field={field}
          path={[field.name]}
          value={secrets[field.name] ?? draft.headers[field.name]}
        />
      ))}
    </FormContext>
  );
  return (
    <FormContext value={{ ...common, where: 'body', change: changeBody }}>
      {bodyFields(groups.prompts)}
      {bodyFields(groups.required)}
      {modelField && headerFields([describeModel(modelField, operation)])}
      {bodyFields(groups.common)}
      {headerFields(required)}
      {groups.more.length > 0 && (
        <MoreSettings fields={groups.more} isFilled={groups.more.some(({ name }) => name in draft.body)}>
          {bodyFields(groups.more)}
        </MoreSettings>
      )}
      <FormContext value={headerScope}>
        <MoreSettings
          title="Priority, labels and names"
          fields={optional}
          isFilled={optional.some(({ name }) => name in draft.headers)}
        >
          {headerFields(optional)}
        </MoreSettings>
      </FormContext>
    </FormContext>
  );
};

const describeModel = (field: Field, { defaultModel }: Operation): Field => ({ ...field, default: defaultModel });

const MoreSettings = (props: {
  title?: string;
  fields: readonly Field[];
  isFilled: boolean;
  children: React.ReactNode;
}) => {
  const { title = 'More settings', fields, isFilled, children } = props;
  // Each hook call stands for one field, and the fields of an operation do not change.
  const hasProblem = fields.map(({ name }) => useHasProblemInside([name])).includes(true);
  return (
    <MoreFields title={title} isFilled={isFilled} hasProblem={hasProblem}>
      {children}
    </MoreFields>
  );
};
