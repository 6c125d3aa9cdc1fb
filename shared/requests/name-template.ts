import { operations } from '../adobe/services/registry.ts';
import { toSafeName } from '../jobs/output-name.ts';
import { once } from '../once.ts';

/** What the placeholders of a name stand for. */
export interface NameSource {
  /** The caller's own columns beside the request. */
  columns?: Readonly<Record<string, string>>;
  /** What stands beside the body, such as the id of a line; undefined where it is known and not given. */
  fields: Readonly<Record<string, string | number | undefined>>;
  body: unknown;
}

/** Longest text of a name with its placeholders, in characters. */
export const maxTemplateLength = 1_000;

/**
 * Reads a template from where only ASCII may stand, such as a header or the metadata of an object: other characters are
 * percent-encoded there, as UTF-8.
 *
 * @returns undefined if it is blank, too long or badly encoded
 */
export const decodeTemplate = (text: string): string | undefined => {
  try {
    const template = decodeURIComponent(text).trim();
    return template === '' || template.length > maxTemplateLength ? undefined : template;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};

const placeholder = /\{([^{}]*)\}/g;
// Texts of people and addresses, which may be signed, never become keys.
const forbiddenField = /prompt|^(?:url|source|uploadid)$/i;
const maxQuotedLength = 60;
const maxProblemLength = 1_500;

const listBodyFields = once(() =>
  [...new Set(operations.flatMap(({ body }) => Object.keys(body.shape)))].filter((name) => !forbiddenField.test(name)),
);

/**
 * Fills in the placeholders of a name, such as `{sku}-{aspect}`: a column of the caller's own, a field of the line or one of the
 * body by its dotted name; capitals do not matter.
 *
 * @returns a name that is safe as a part of a key, or what is wrong, as a sentence
 */
export const fillName = (template: string, source: NameSource): { name: string } | { problem: string } => {
  let problem: string | undefined;
  const filled = template.replace(placeholder, (_, inner: string) => {
    const found = findValue(inner.trim(), source);
    if ('value' in found) return found.value;
    problem ??= found.problem;
    return '';
  });
  if (problem !== undefined) return { problem: problem.slice(0, maxProblemLength).toWellFormed() };
  const name = toSafeName(filled);
  return name === undefined ? { problem: 'The name of the outputs has no letter and no digit.' } : { name };
};

const findValue = (name: string, source: NameSource): { value: string } | { problem: string } => {
  const quoted = `{${name.slice(0, maxQuotedLength).replaceAll(/\p{C}/gu, '')}}`;
  const { columns = {}, fields, body } = source;
  for (const beside of [columns, fields]) {
    const key = findKey(beside, name);
    if (key !== undefined) return toValue(beside[key], quoted);
  }
  const path = name.replace(/^body\./i, '').split('.');
  if (path.some((part) => forbiddenField.test(part))) {
    return {
      problem: `The name of the outputs has ${quoted}: prompts and addresses never become keys. ${listKnown(source)}`,
    };
  }
  const isKnown = path.length < name.split('.').length || findKey(getBodyFieldNames(), path[0] ?? '') !== undefined;
  if (!isKnown)
    return { problem: `The name of the outputs has ${quoted}, which nothing is called. ${listKnown(source)}` };
  return toValue(path.reduce(readField, body), quoted);
};

const getBodyFieldNames = once(() => Object.fromEntries(listBodyFields().map((name) => [name, name])));

const findKey = (record: object, name: string): string | undefined =>
  Object.keys(record).find((key) => key.toLowerCase() === name.toLowerCase());

const readField = (value: unknown, name: string): unknown => {
  if (typeof value !== 'object' || value === null) return undefined;
  const key = findKey(value, name);
  return key === undefined ? undefined : Reflect.get(value, key);
};

const toValue = (value: unknown, quoted: string): { value: string } | { problem: string } => {
  const values = (Array.isArray(value) ? value : [value]).filter(isScalar).map(String);
  const text = values.join('-').trim();
  return text === '' ? { problem: `The name of the outputs has ${quoted}, which is empty here.` } : { value: text };
};

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const listKnown = ({ columns = {}, fields }: NameSource): string =>
  `Known are ${[...Object.keys(columns), ...Object.keys(fields), ...listBodyFields()].map((name) => `{${name}}`).join(', ')}.`;
