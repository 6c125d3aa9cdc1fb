import * as z from 'zod';
import { once } from '../../../once.ts';

const upTo = (limit: number) => z.int().min(-limit).max(limit).optional();
const levels = once(() => z.array(z.int().min(-100).max(100)).length(3).optional());
const degree = once(() => z.int().min(0).max(360).optional());

const localRange = once(() =>
  z.strictObject({
    channelId: z.enum(['REDS', 'YELLOWS', 'GREENS', 'CYANS', 'BLUES', 'MAGENTAS']),
    beginRamp: degree(),
    beginSustain: degree(),
    endRamp: degree(),
    endSustain: degree(),
  }),
);

/** What an adjustment layer changes: exactly one of four things. */
export const adjustments = once(() =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('brightness_contrast'),
      brightnessContrast: z.strictObject({ brightness: upTo(150), contrast: upTo(150) }),
    }),
    z.strictObject({
      type: z.literal('hue_saturation'),
      hueSaturation: z.strictObject({
        colorize: z.boolean().optional(),
        hueSaturationAdjustments: z
          .array(
            z.strictObject({
              hue: z.int().optional(),
              saturation: z.int().optional(),
              lightness: z.int().optional(),
              localRange: localRange().optional(),
            }),
          )
          .min(1)
          .optional(),
      }),
    }),
    z.strictObject({
      type: z.literal('exposure'),
      exposure: z.strictObject({
        exposureValue: z.number().min(-20).max(20).optional(),
        gammaCorrection: z.number().min(0.01).max(9.99).optional(),
        offset: z.number().min(-0.5).max(0.5).optional(),
      }),
    }),
    z.strictObject({
      type: z.literal('color_balance'),
      colorBalance: z.strictObject({
        preserveLuminosity: z.boolean().optional(),
        shadowLevels: levels(),
        midtoneLevels: levels(),
        highlightLevels: levels(),
      }),
    }),
  ]),
);
