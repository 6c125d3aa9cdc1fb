import type { Field } from '../schema/field.ts';
import type { Operation } from '../schema/operations.ts';
import { formatPath, type Path } from './body.ts';

/** What is wrong with one field, with its place from `body` or `header` on. */
export interface PlacedProblem {
  path: Path;
  message: string;
}

/** What is wrong with a request, by what a person can look at. */
export interface ProblemPlaces {
  /** Messages by the place of the field that shows them, as {@link formatPath} writes it. */
  byField: ReadonlyMap<string, readonly string[]>;
  /** What belongs to no field of the form. */
  elsewhere: readonly PlacedProblem[];
}

/** Nothing is wrong. */
export const noProblems: ProblemPlaces = { byField: new Map(), elsewhere: [] };

/** Puts what the gateway found wrong to the fields of the form. */
export const placeProblems = (
  problems: readonly PlacedProblem[],
  { body, headers }: Pick<Operation, 'body' | 'headers'>,
): ProblemPlaces => {
  const byField = new Map<string, string[]>();
  const elsewhere: PlacedProblem[] = [];
  for (const { path, message } of problems) {
    const field = findShown(path, body, headers);
    if (field === undefined) elsewhere.push({ path, message });
    else byField.set(formatPath(field), [...(byField.get(formatPath(field)) ?? []), message]);
  }
  return { byField, elsewhere };
};

const findShown = ([where, ...path]: Path, body: Field, headers: readonly Field[]): Path | undefined => {
  if (where === 'header') {
    const header = headers.find(({ name }) => name.toLowerCase() === String(path[0]).toLowerCase());
    return header && ['header', header.name];
  }
  if (where !== 'body' || path.length === 0) return undefined;
  const length = countShown(body, path);
  return length === undefined || length === 0 ? undefined : ['body', ...path.slice(0, length)];
};

/** How many steps of a path the form shows as fields of their own: what lies deeper stands at the field around it. */
const countShown = (field: Field, path: Path): number | undefined => {
  const [step, ...rest] = path;
  if (step === undefined) return 0;
  const goOn = (inner: Field | undefined): number | undefined => {
    const deeper = inner && countShown(inner, rest);
    return deeper === undefined ? undefined : deeper + 1;
  };
  switch (field.kind) {
    case 'object':
      return goOn(field.fields().find(({ name }) => name === step));
    case 'list':
      return typeof step === 'number' ? goOn(field.item()) : 0;
    case 'union':
      return field
        .options()
        .map((option) => countShown(option, path))
        .find((length) => length !== undefined);
    case 'source':
      return goOn(field.others().find(({ name }) => name === step)) ?? 0;
    default:
      return 0;
  }
};
