import { useCallback, useEffect, useRef, useState } from 'react';
import { applyChange } from '../form/apply-change.ts';
import type { Path } from '../form/body.ts';
import { isObject } from '../form/body.ts';
import { buildInitialValue } from '../schema/field.ts';
import type { Operation } from '../schema/operations.ts';
import { type Draft, dropDraft, loadDraft, saveDraft } from './draft.ts';

/** A draft, and what can be done to it. */
export interface DraftControl {
  draft: Draft;
  /** Whether the browser keeps it beyond this page. */
  isKept: boolean;
  /** @param path from the body on; undefined takes the value away */
  changeBody(path: Path, value: unknown): void;
  /** Takes the text of a body; one that is no JSON object is kept as text. */
  changeText(text: string): void;
  changeHeader(name: string, value: string | undefined): void;
  update(change: (draft: Draft) => Draft): void;
  /** Starts again from nothing, or from what the draft was filled with. */
  reset(): void;
}

/**
 * The draft of one form, which is kept with every change.
 *
 * @param key the same for the same form after a reload
 * @param filled what a form starts with of which nothing is kept yet
 */
export const useDraft = (key: string, operation: Operation, filled: Draft | undefined): DraftControl => {
  const build = (): Draft => filled ?? { body: buildEmptyBody(operation), headers: {} };
  const [draft, setDraft] = useState<Draft>(() => loadDraft(sessionStorage, key) ?? build());
  const [isKept, setIsKept] = useState(true);
  const isFirst = useRef(true);
  useEffect(() => {
    // What nobody has touched needs no place.
    if (!isFirst.current) setIsKept(saveDraft(sessionStorage, key, draft));
    isFirst.current = false;
  }, [key, draft]);
  const changeBody = useCallback<DraftControl['changeBody']>(
    (path, value) =>
      setDraft(({ brokenText: _text, ...before }) => {
        const body = applyChange(operation.body, before.body, path, value);
        return { ...before, body: isObject(body) ? body : buildEmptyBody(operation) };
      }),
    [operation],
  );
  const changeText = useCallback<DraftControl['changeText']>(
    (text) => setDraft(({ brokenText: _text, ...before }) => ({ ...before, ...readText(text) })),
    [],
  );
  const changeHeader = useCallback<DraftControl['changeHeader']>(
    (name, value) =>
      setDraft((before) => {
        const { [name]: _before, ...others } = before.headers;
        return { ...before, headers: value === undefined ? others : { ...others, [name]: value } };
      }),
    [],
  );
  const reset = () => {
    dropDraft(sessionStorage, key);
    isFirst.current = true;
    setDraft(build());
  };
  return { draft, isKept, changeBody, changeText, changeHeader, update: setDraft, reset };
};

const buildEmptyBody = ({ body }: Operation) => {
  const initial = buildInitialValue(body);
  return isObject(initial) ? initial : {};
};

const readText = (text: string): Pick<Draft, 'body'> | Pick<Draft, 'brokenText'> => {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? { body } : { brokenText: text };
  } catch {
    return { brokenText: text };
  }
};
