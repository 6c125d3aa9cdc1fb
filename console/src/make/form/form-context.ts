import { createContext, useContext } from 'react';
import { formatPath, type Path } from './body.ts';

/** What the fields of a form share. */
export interface FormScope {
  /** What paths of the form begin with: `body` or `header`. */
  where: 'body' | 'header';
  /** Everything that is filled in, from which a mask finds its image. */
  whole: unknown;
  /** The model that the request would go to, if the operation has several. */
  model: string | undefined;
  /** Messages by place. */
  problems: ReadonlyMap<string, readonly string[]>;
  change(path: Path, value: unknown): void;
}

/** The form around a field. */
export const FormContext = createContext<FormScope>({
  where: 'body',
  whole: undefined,
  model: undefined,
  problems: new Map(),
  change: () => {},
});

/** Messages for the field at a path. */
export const useProblems = (path: Path): readonly string[] => {
  const { problems, where } = useContext(FormContext);
  return problems.get(formatPath([where, ...path])) ?? [];
};

/** Whether something is wrong at a path or inside of it. */
export const useHasProblemInside = (path: Path): boolean => {
  const { problems, where } = useContext(FormContext);
  const place = formatPath([where, ...path]);
  return [...problems.keys()].some((key) => key === place || key.startsWith(`${place}/`));
};

/** What a view of a field is given. */
export interface FieldProps<Shown> {
  field: Shown;
  path: Path;
  value: unknown;
  /** In place of the field's own label. */
  label?: string;
}
