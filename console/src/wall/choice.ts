import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { maxCompared, type PictureName, readCompared, writeCompared } from '../ui/addresses.ts';

/** Which pictures of the wall are chosen. */
export interface Choice {
  pictures: readonly Required<PictureName>[];
  /** Whether as many are chosen as can be compared. */
  isFull: boolean;
  has(picture: Required<PictureName>): boolean;
  /** Chooses a picture, or leaves it out again. */
  toggle(picture: Required<PictureName>): void;
}

const parameter = 'compare';

/**
 * The pictures that are chosen to be compared. They stand in the address as well, so that Back from the comparison finds them as they
 * were.
 *
 * @returns without a choice while nothing is being chosen
 */
export const useChoice = (): { choice: Choice | undefined; begin(): void; end(): void } => {
  const [query, setQuery] = useSearchParams();
  const text = query.get(parameter);
  const [pictures, setPictures] = useState(() => (text === null ? undefined : readCompared(text)));
  // A link may lead from the wall to the wall.
  const isInAddress = text !== null;
  useEffect(() => {
    if (!isInAddress) setPictures(undefined);
  }, [isInAddress]);
  const set = (next: Required<PictureName>[] | undefined) => {
    setPictures(next);
    const changed = new URLSearchParams(query);
    if (next === undefined) changed.delete(parameter);
    else changed.set(parameter, writeCompared(next));
    setQuery(changed, { replace: true, preventScrollReset: true });
  };
  const choice = pictures && {
    pictures,
    isFull: pictures.length >= maxCompared,
    has: (picture: Required<PictureName>) => pictures.some(isSame(picture)),
    toggle: (picture: Required<PictureName>) => {
      const others = pictures.filter((each) => !isSame(picture)(each));
      set(others.length < pictures.length ? others : [...pictures, picture].slice(0, maxCompared));
    },
  };
  return { choice, begin: () => set([]), end: () => set(undefined) };
};

const isSame = (one: Required<PictureName>) => (other: Required<PictureName>) =>
  one.jobId === other.jobId && one.index === other.index;
