import * as z from 'zod';
import type { Plan, Size } from './operation.ts';

// Adobe counts characters, not UTF-16 code units.
export const text = (minimum: number, maximum: number) =>
  z.string().superRefine((value, context) => {
    const length = [...value].length;
    const size = { origin: 'string', input: value } as const;
    if (length < minimum) context.addIssue({ code: 'too_small', minimum, ...size });
    if (length > maximum) context.addIssue({ code: 'too_big', maximum, ...size });
  });

/** A whole number between two bounds. */
export const integer = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);

/** Whether nothing stands twice in a list. */
export const unique = (values: unknown[]) => new Set(values).size === values.length;

/** What `unique` refuses. */
export const duplicated = 'the list has duplicated items';

/** Width and height up to a maximum. */
export const sizeTo = (maximum: number) => z.object({ width: integer(1, maximum), height: integer(1, maximum) });

/** The fields that the older image operations share. */
export const commonFields = {
  numVariations: integer(1, 4).optional(),
  seeds: z.array(z.int()).min(1).max(4).refine(unique, duplicated).optional(),
};

/** Where the image stands in the result. */
export const placement = z.object({
  alignment: z
    .object({
      horizontal: z.enum(['center', 'left', 'right']).optional(),
      vertical: z.enum(['center', 'top', 'bottom']).optional(),
    })
    .optional(),
  inset: z
    .object({
      left: z.int().optional(),
      top: z.int().optional(),
      right: z.int().optional(),
      bottom: z.int().optional(),
    })
    .optional(),
});

type Refuse = (field: string, message: string) => void;

/** Turns an issue of a rule between fields into one of zod's. */
export const refusing =
  (context: z.core.$RefinementCtx): Refuse =>
  (field, message) =>
    context.addIssue({ code: 'custom', path: [field], message });

/** As many seeds as variations, when both are there. */
export const checkCounts = (
  { numVariations, seeds }: { numVariations?: number; seeds?: readonly number[] },
  refuse: Refuse,
): void => {
  if (numVariations !== undefined && seeds !== undefined && seeds.length !== numVariations) {
    refuse('numVariations', 'must equal the number of seeds');
  }
};

/** A request that may have a mask, in either of its two places. */
type Masked = { mask?: unknown; image?: { mask?: unknown }; placement?: unknown };

/** A mask or a placement, not both. */
export const checkMask = ({ mask, image, placement: placed }: Masked, refuse: Refuse): void => {
  if ((mask ?? image?.mask) !== undefined && placed !== undefined) refuse('placement', 'cannot be combined with mask');
};

/** A mask, beside the image or inside it. */
export const requireMask = ({ mask, image }: Masked, refuse: Refuse): void => {
  if ((mask ?? image?.mask) === undefined) refuse('mask', 'field required');
};

/** What the older image operations make: as many images as asked for, 2048 x 2048 where no size is given. */
export const planImages = (request: Readonly<Record<string, unknown>>): Plan => {
  const seeds = (request['seeds'] as number[] | undefined) ?? [];
  return {
    seeds,
    outputs: seeds.length || ((request['numVariations'] as number | undefined) ?? 1),
    size: (request['size'] as Size | undefined) ?? { width: 2048, height: 2048 },
    prompt: String(request['prompt'] ?? 'an image made from another'),
  };
};
