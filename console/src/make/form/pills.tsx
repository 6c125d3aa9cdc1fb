import { type ReactNode, useId } from 'react';
import { FieldNotes } from './field-notes.tsx';

/** One thing to choose. */
export interface Pill {
  key: string;
  label: string;
  /** A drawing above the label. */
  drawing?: ReactNode;
}

/** A few things of which one is chosen, all of them in view. */
export const Pills = (props: {
  label: string;
  pills: readonly Pill[];
  selected: string | undefined;
  onSelect(key: string): void;
  hint?: string;
  problems?: readonly string[];
  isRequired?: boolean;
}) => {
  const { label, pills, selected, onSelect, hint, problems = [], isRequired } = props;
  const id = useId();
  return (
    <fieldset
      className="pills"
      aria-describedby={`${id}-notes`}
      aria-invalid={problems.length > 0 || undefined}
      data-problem={problems.length > 0 || undefined}
    >
      <legend>
        {label}
        {isRequired && <RequiredMark />}
      </legend>
      <div className="pill-row">
        {pills.map(({ key, label: text, drawing }) => (
          <label key={key} className={drawing === undefined ? 'pill' : 'pill pill-drawn'}>
            <input type="radio" name={id} value={key} checked={selected === key} onChange={() => onSelect(key)} />
            {drawing}
            <span>{text}</span>
          </label>
        ))}
      </div>
      <FieldNotes id={`${id}-notes`} hint={hint} problems={problems} />
    </fieldset>
  );
};

/** Says that a field must be filled in. */
export const RequiredMark = () => (
  <span className="required">
    <span aria-hidden="true">{' *'}</span>
    <span className="hidden-text">, required</span>
  </span>
);
