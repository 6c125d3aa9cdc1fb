import * as z from 'zod';
import { portableSource } from './sources.ts';

/** Fonts that a document needs, and what happens when one is missing. */
export const fontOptions = z.strictObject({
  additionalFonts: z.array(z.strictObject({ source: portableSource.optional() })).optional(),
  defaultFontPostScriptName: z.string().optional(),
  missingFontStrategy: z.enum(['fail', 'use_default']).optional(),
});
