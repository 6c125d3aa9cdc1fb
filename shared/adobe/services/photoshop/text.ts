import * as z from 'zod';
import { once } from '../../../once.ts';

const component = (min: number, max: number) => z.int().min(min).max(max).optional();

/** Adobe: 16-bit components, as Photoshop counts them; exactly one of four colour spaces. */
const colorSpaces = {
  rgb: ['red', 'green', 'blue'],
  cmyk: ['cyan', 'magenta', 'yellow', 'black'],
  gray: ['gray'],
  lab: ['l', 'a', 'b'],
} as const;

const fontColor = once(() =>
  z
    .strictObject({
      red: component(0, 32_768),
      green: component(0, 32_768),
      blue: component(0, 32_768),
      cyan: component(0, 32_768),
      magenta: component(0, 32_768),
      yellow: component(0, 32_768),
      black: component(0, 32_768),
      gray: component(0, 32_768),
      l: component(0, 32_768),
      a: component(-16_384, 16_384),
      b: component(-16_384, 16_384),
    })
    .refine(
      (color) => {
        const has = (name: keyof typeof color) => color[name] !== undefined;
        const begun = Object.values(colorSpaces).filter((names) => names.some(has));
        return begun.length === 1 && begun.every((names) => names.every(has));
      },
      {
        error: `all of exactly one color space are required: ${Object.values(colorSpaces)
          .map((names) => names.join(', '))
          .join('; ')}`,
        when: ({ value }) => typeof value === 'object' && value !== null,
      },
    ),
);

const characterStyle = once(() =>
  z.strictObject({
    autoLeading: z.boolean().optional(),
    capsOption: z.enum(['normal_caps', 'small_caps', 'all_caps', 'all_small_caps']).optional(),
    font: z.strictObject({ postScriptName: z.string().optional() }).optional(),
    fontAlpha: z.number().min(0).max(1).optional(),
    fontColor: fontColor().optional(),
    fontSize: z.number().optional(),
    letterSpacing: z.number().optional(),
    lineHeight: z.number().optional(),
    syntheticBold: z.boolean().optional(),
    syntheticItalic: z.boolean().optional(),
    underline: z.boolean().optional(),
  }),
);

const alignments = ['left', 'center', 'right', 'justify', 'justify_left', 'justify_right', 'justify_center'] as const;

const paragraphStyle = once(() =>
  z.strictObject({
    alignment: z.enum(alignments).optional(),
    endIndent: z.number().optional(),
    firstLineIndent: z.number().optional(),
    spaceAfter: z.number().optional(),
    spaceBefore: z.number().optional(),
    startIndent: z.number().optional(),
    writingDirection: z.enum(['left_to_right', 'right_to_left']).optional(),
  }),
);

const apply = once(() => z.strictObject({ from: z.int().min(0), to: z.int().min(0) }).optional());

/** The edges of an area, in pixels. */
export const bounds = once(() =>
  z.strictObject({
    top: z.int().optional(),
    left: z.int().optional(),
    bottom: z.int().optional(),
    right: z.int().optional(),
  }),
);

const frame = once(() =>
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('area'), bounds: bounds().optional() }),
    z.strictObject({
      type: z.literal('point'),
      origin: z.strictObject({ x: z.int().optional(), y: z.int().optional() }).optional(),
    }),
  ]),
);

/** The words of a text layer and how they are set. */
export const layerText = once(() =>
  z.strictObject({
    content: z.string().optional(),
    antiAliasing: z.enum(['none', 'sharp', 'crisp', 'strong', 'smooth']).optional(),
    textOrientation: z.enum(['horizontal', 'vertical']).optional(),
    frame: frame().optional(),
    characterStyles: z
      .array(z.strictObject({ apply: apply(), characterStyle: characterStyle().optional() }))
      .optional(),
    paragraphStyles: z
      .array(z.strictObject({ apply: apply(), paragraphStyle: paragraphStyle().optional() }))
      .optional(),
  }),
);
