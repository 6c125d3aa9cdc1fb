import { useCallback, useState } from 'react';
import { keep, readKept } from './kept.ts';

const prefix = 'draft:';

/**
 * What a person is typing, kept for this tab: a reload, an expired sign-in or the way back loses nothing of it. Never used for
 * secrets.
 *
 * @param name of the form
 * @returns the draft, a way to change parts of it, and a way to forget it once it was sent
 */
export const useDraft = <Draft extends Readonly<Record<string, unknown>>>(
  name: string,
  initial: Draft,
): [Draft, (changes: Partial<Draft>) => void, () => void] => {
  const key = prefix + name;
  const [draft, setDraft] = useState<Draft>(() => ({ ...initial, ...readDraft(key) }));
  const change = useCallback(
    (changes: Partial<Draft>) =>
      setDraft((current) => {
        const next = { ...current, ...changes };
        keep(sessionStorage, key, next);
        return next;
      }),
    [key],
  );
  const forget = useCallback(() => {
    sessionStorage.removeItem(key);
    setDraft(initial);
  }, [key, initial]);
  return [draft, change, forget];
};

const readDraft = (key: string): object => {
  const draft = readKept(sessionStorage, key);
  return typeof draft === 'object' && draft !== null ? draft : {};
};
