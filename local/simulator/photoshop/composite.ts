import * as z from 'zod';
import { file, portable, sourced } from './sources.ts';

const side = z.int().min(1).max(32_000);

const modes = ['rgb', 'bitmap', 'grayscale', 'indexed', 'hsb', 'cmyk', 'lab', 'duotone', 'multichannel'] as const;

/** A document, or what a new one is like. */
export const document = z.union([
  z.looseObject({ source: file, width: z.undefined().optional(), height: z.undefined().optional() }),
  z.looseObject({
    source: z.undefined().optional(),
    width: side,
    height: side,
    mode: z.enum(modes).optional(),
    depth: z.enum(['1', '8', '16', '32']).optional(),
    fill: z.enum(['white', 'background_color', 'transparent']).optional(),
    name: z.string().max(255).optional(),
    pixelScaleFactor: z.number().min(0.1).optional(),
  }),
]);

/** Fonts, and what is done without one. */
export const fontOptions = z.looseObject({
  additionalFonts: z.array(z.looseObject({ source: portable.optional() })).optional(),
  missingFontStrategy: z.enum(['fail', 'use_default']).optional(),
});

const placement = z.looseObject({ type: z.enum(['below', 'into', 'top', 'bottom', 'above']) });

const operation = z.union([
  z.looseObject({ type: z.enum(['add', 'move']), placement }),
  z.looseObject({ type: z.enum(['edit', 'delete']) }),
]);

/** What a layer of each type cannot be added without. */
const contents: Readonly<Record<string, string>> = {
  layer: 'image',
  solid_color_layer: 'fill',
  text_layer: 'text',
  smart_object_layer: 'smartObject',
  adjustment_layer: 'adjustments',
};

const adjustments = z.looseObject({
  type: z.enum(['brightness_contrast', 'hue_saturation', 'exposure', 'color_balance']),
});

const layer = z
  .looseObject({
    operation,
    type: z.enum([...Object.keys(contents), 'group_layer', 'background_layer']).optional(),
    image: sourced.optional(),
    adjustments: adjustments.optional(),
    blendOptions: z.looseObject({ opacity: z.int().min(0).max(100).optional() }).optional(),
    pixelMask: z.looseObject({ delete: z.boolean().optional(), source: file.optional() }).optional(),
    smartObject: z.looseObject({ smartObjectFile: z.looseObject({ source: file.optional() }).optional() }).optional(),
    get children() {
      return z.array(layer).optional();
    },
  })
  .superRefine((given, context) => {
    const { type, operation: change } = given;
    const content = type === undefined ? undefined : contents[type];
    if (change.type === 'add' && content !== undefined && given[content] === undefined) {
      context.addIssue({ code: 'custom', path: [content], message: 'field required' });
    }
    if (change.type === 'edit' && given.pixelMask !== undefined && given.pixelMask.delete === undefined) {
      context.addIssue({ code: 'custom', path: ['pixelMask', 'delete'], message: 'field required' });
    }
  });

/** Changes of a document. */
export const edits = z.looseObject({
  document: z
    .looseObject({
      crop: z.looseObject({ bounds: z.looseObject({}) }).optional(),
      resize: z.looseObject({}).optional(),
      trim: z.looseObject({ trimUpon: z.literal('transparent_pixels').optional() }).optional(),
    })
    .optional(),
  layers: z.array(layer).optional(),
});
