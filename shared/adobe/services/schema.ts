import * as z from 'zod';

/** A text whose length is counted in characters as Adobe does, not in UTF-16 units. */
export const text = (minimum: number, maximum: number) =>
  z
    .string()
    .check(({ value, issues }) => {
      const length = [...value].length;
      if (length < minimum) {
        issues.push({ code: 'too_small', origin: 'string', minimum, inclusive: true, input: value, continue: true });
      }
      if (length > maximum) {
        issues.push({ code: 'too_big', origin: 'string', maximum, inclusive: true, input: value, continue: true });
      }
    })
    // A check of one's own is not seen by the description of the API.
    .meta({ minLength: minimum, maxLength: maximum });

const unique = (items: readonly unknown[]): boolean => new Set(items).size === items.length;

/** A list in which nothing stands twice. */
export const distinct = <Item extends z.ZodType>(items: z.ZodArray<Item>) =>
  items.refine(unique, { error: 'the list has duplicated items' }).meta({ uniqueItems: true });

/**
 * What Adobe takes for a field that is left out. It is only told in the description of the API: bodies go to Adobe as they came.
 */
export const byDefault = <Schema extends z.ZodType>(value: unknown, schema: Schema): Schema =>
  schema.meta({ default: value });

/**
 * Marks a field as the mask of an image, for forms in which it is painted over that image.
 *
 * @param image name of the field with the image, beside this one or beside what is around it
 */
export const maskOf = <Schema extends z.ZodType>(image: string, schema: Schema): Schema =>
  schema.meta({ 'x-mask-of': image });
