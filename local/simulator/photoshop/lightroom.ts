import * as z from 'zod';
import { file, preset } from './sources.ts';

const amount = z.int().min(-100).max(100).optional();
const share = z.int().min(0).max(100).optional();

const orientations = ['top_left', 'top_right', 'bottom_right', 'bottom_left'] as const;
const turned = ['left_top', 'right_top', 'right_bottom', 'left_bottom'] as const;

const balances = [
  'As Shot',
  'Auto',
  'Cloudy',
  'Custom',
  'Daylight',
  'Flash',
  'Fluorescent',
  'Shade',
  'Tungsten',
] as const;

/** The `edits` of `/v2/edit`. */
export const lightroomEdits = z.looseObject({
  autoTone: z.boolean().optional(),
  autoStraighten: z
    .looseObject({
      enabled: z.boolean(),
      constrainCrop: z.boolean().optional(),
      uprightMode: z.enum(['auto', 'full', 'level', 'vertical']).optional(),
    })
    .optional(),
  light: z
    .looseObject({
      exposure: z.number().min(-5).max(5).optional(),
      contrast: amount,
      highlights: amount,
      shadows: amount,
      whites: amount,
      blacks: amount,
    })
    .optional(),
  color: z.looseObject({ saturation: amount, vibrance: amount, whiteBalance: z.enum(balances).optional() }).optional(),
  effects: z.looseObject({ clarity: amount, dehaze: amount, texture: amount, vignette: amount }).optional(),
  sharpness: z.int().min(0).max(150).optional(),
  sharpen: z
    .looseObject({ detail: share, edgeMasking: share, radius: z.number().min(0.5).max(3).optional() })
    .optional(),
  noiseReduction: z.looseObject({ luminance: share, color: share }).optional(),
  presets: z.array(preset).max(10).optional(),
  xmp: z
    .looseObject({
      source: file,
      orientation: z.enum([...orientations, ...turned]).optional(),
      masks: z.array(z.looseObject({ source: file, digest: z.string() })).optional(),
    })
    .optional(),
});
