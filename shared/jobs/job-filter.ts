import type { Item } from '../aws/items.ts';
import type { JobState } from './job.ts';

/** Which jobs are wanted; what is undefined lets all pass. */
export interface JobFilter {
  states?: readonly JobState[];
  operation?: string;
  modelVersion?: string;
  label?: { name: string; value: string };
  batchId?: string;
  /** Of an output; of the request, until there are outputs. */
  seed?: number;
  isFavourite?: boolean;
  /** Each occurs in the beginning of the prompt; see {@link foldText}. */
  words?: readonly string[];
}

type Test = { attribute: string; matches(value: unknown): boolean };

/** What a filter looks at, in an entry of the index of callers or in a record. */
const listTests = (filter: JobFilter): Test[] => {
  const { states, operation, modelVersion, label, batchId, seed, isFavourite, words = [] } = filter;
  const tests: (Test | undefined)[] = [
    states && { attribute: 'state', matches: (value) => states.some((state) => state === value) },
    operation === undefined ? undefined : { attribute: 'operation', matches: (value) => value === operation },
    modelVersion === undefined ? undefined : { attribute: 'modelVersion', matches: (value) => value === modelVersion },
    label && { attribute: 'labels', matches: (value) => Object(value)[label.name] === label.value },
    batchId === undefined ? undefined : { attribute: 'batchId', matches: (value) => value === batchId },
    seed === undefined
      ? undefined
      : { attribute: 'seeds', matches: (value) => Array.isArray(value) && value.includes(seed) },
    isFavourite === true ? { attribute: 'favourite', matches: (value) => value === true } : undefined,
    words.length === 0 ? undefined : { attribute: 'prompt', matches: (value) => hasWords(value, words) },
  ];
  return tests.filter((test) => test !== undefined);
};

const hasWords = (prompt: unknown, words: readonly string[]): boolean => {
  if (typeof prompt !== 'string') return false;
  const text = foldText(prompt);
  return words.every((word) => text.includes(word));
};

/** A text as words are looked for in it: whatever its case, and however its characters are composed. */
export const foldText = (text: string): string => text.normalize('NFKC').toLowerCase();

/** A filter that is ready for use: the attributes that it needs, and whether an item with these is of a job that is wanted. */
export interface JobTest {
  attributes: readonly string[];
  isWanted(item: Item): boolean;
}

/** Makes the test of a filter. */
export const createJobTest = (filter: JobFilter): JobTest => {
  const tests = listTests(filter);
  return {
    attributes: tests.map(({ attribute }) => attribute),
    isWanted: (item) => tests.every(({ attribute, matches }) => matches(item[attribute])),
  };
};
