import { asFields, asList, findTextsAt } from '../adobe/services/body-fields.ts';
import { findOperation } from '../adobe/services/registry.ts';

/** How much of a prompt lists show and search, in characters. */
export const maxListedPrompt = 300;

/** What a list shows of the request of a job. */
export interface ListedRequest {
  /** The beginning of its prompt; undefined if its operation takes none. */
  prompt?: string;
  /** The seeds that it names. */
  seeds?: number[];
}

/** What a list shows of a request; nothing of an operation that this version does not know. */
export const summariseRequest = (operationName: string, body: unknown): ListedRequest => {
  const { promptFields = [], body: schema } = findOperation(operationName) ?? {};
  const texts = promptFields.flatMap((field) => findTextsAt(body, field)).filter((text) => text.trim() !== '');
  const seeds = schema !== undefined && Object.hasOwn(schema.shape, 'seeds') ? asList(asFields(body)['seeds']) : [];
  const numbers = seeds.filter((seed) => Number.isSafeInteger(seed)).map(Number);
  return {
    // Characters, not UTF-16 units: half of a pair is no text.
    prompt: texts.length === 0 ? undefined : Array.from(texts.join(' ')).slice(0, maxListedPrompt).join(''),
    seeds: numbers.length === 0 ? undefined : numbers,
  };
};
