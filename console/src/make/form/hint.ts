import { labelValue } from '../../ui/labels.ts';
import type { Field } from '../schema/field.ts';

/**
 * What stands below a field: what it is for, what it may be, and what is taken without it.
 *
 * @param formatNumber writes a number in the reader's locale
 */
export const buildHint = (field: Field, formatNumber: (value: number) => string = String): string | undefined => {
  const sentences = [
    field.description?.replaceAll('`', ''),
    describeLimits(field, formatNumber),
    describeDefault(field),
  ];
  const text = sentences
    .filter((sentence) => sentence !== undefined && sentence !== '')
    .map((sentence) => (/[.!?]$/.test(sentence ?? '') ? sentence : `${sentence}.`))
    .join(' ');
  return text === '' ? undefined : text;
};

const describeLimits = (field: Field, formatNumber: (value: number) => string): string | undefined => {
  if (field.kind === 'number') return describeRange(field.minimum, field.maximum, '', formatNumber);
  if (field.kind === 'text' && field.isLong)
    return describeRange(undefined, field.maxLength, ' characters', formatNumber);
  if (field.kind !== 'list') return undefined;
  const { minItems, maxItems } = field;
  if (minItems > 0 && minItems === maxItems) return `Exactly ${formatNumber(minItems)}`;
  return describeRange(minItems > 1 ? minItems : undefined, maxItems, '', formatNumber);
};

const describeRange = (
  minimum: number | undefined,
  maximum: number | undefined,
  unit: string,
  formatNumber: (value: number) => string,
): string | undefined => {
  if (minimum !== undefined && maximum !== undefined)
    return `${formatNumber(minimum)} to ${formatNumber(maximum)}${unit}`;
  if (maximum !== undefined) return `Up to ${formatNumber(maximum)}${unit}`;
  return minimum === undefined ? undefined : `${formatNumber(minimum)} or more${unit}`;
};

const describeDefault = ({ default: standard, kind }: Field): string | undefined => {
  // The first choice of a size and the state of a box say it themselves.
  if (standard === undefined || standard === null || kind === 'size' || kind === 'boolean') return undefined;
  return typeof standard === 'object' ? undefined : `${labelValue(standard)} unless you say otherwise`;
};
