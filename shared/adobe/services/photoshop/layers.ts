import * as z from 'zod';
import { once } from '../../../once.ts';
import { asFields, asList } from '../body-fields.ts';
import type { RuleFinding } from '../operation.ts';
import { adjustments } from './adjustments.ts';
import { layerReference } from './outputs.ts';
import { fileImage, fileSource } from './sources.ts';
import { layerText } from './text.ts';

const placement = once(() =>
  z.strictObject({
    type: z.enum(['below', 'into', 'top', 'bottom', 'above']),
    referenceLayer: layerReference().optional(),
  }),
);

const shouldIncludeChildren = once(() => z.boolean().optional());

const operation = once(() =>
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('add'), placement: placement() }),
    z.strictObject({ type: z.literal('edit') }),
    z.strictObject({ type: z.literal('delete'), shouldIncludeChildren: shouldIncludeChildren() }),
    z.strictObject({ type: z.literal('move'), placement: placement(), shouldIncludeChildren: shouldIncludeChildren() }),
  ]),
);

const blendModes = [
  'normal',
  'dissolve',
  'darken',
  'multiply',
  'color_burn',
  'linear_burn',
  'darker_color',
  'lighten',
  'screen',
  'color_dodge',
  'linear_dodge',
  'lighter_color',
  'overlay',
  'soft_light',
  'hard_light',
  'vivid_light',
  'pin_light',
  'hard_mix',
  'difference',
  'exclusion',
  'subtract',
  'divide',
  'hue',
  'saturation',
  'color',
  'luminosity',
] as const;

/** What a length is measured in. */
export const lengthUnit = once(() => z.enum(['pixels_unit', 'percent_unit', 'distance_unit', 'points_unit']));

const offset = once(() => z.strictObject({ horizontal: z.int().optional(), vertical: z.int().optional() }));
const side = once(() => z.int().min(0).max(32_000).optional());

const transform = once(() =>
  z.strictObject({
    anchor: z.strictObject({ horizontal: z.number(), vertical: z.number() }).optional(),
    angle: z.number().optional(),
    dimension: z.strictObject({ width: side(), height: side(), unit: lengthUnit().optional() }).optional(),
    horizontalAlign: z.enum(['left', 'center', 'right']).optional(),
    verticalAlign: z.enum(['top', 'center', 'bottom']).optional(),
    offset: offset().optional(),
    skew: z.strictObject({ horizontal: z.int(), vertical: z.int() }).optional(),
  }),
);

const rgbComponent = once(() => z.int().min(0).max(255));

const fill = once(() =>
  z.strictObject({
    solidColor: z
      .strictObject({ rgb: z.strictObject({ red: rgbComponent(), green: rgbComponent(), blue: rgbComponent() }) })
      .optional(),
  }),
);

const protections = ['none', 'all', 'transparency', 'composite', 'position', 'artboard_autonest'] as const;

/** Adobe: the kinds of layers, and the field without which each cannot be added. */
const layerKinds = {
  layer: 'image',
  solid_color_layer: 'fill',
  text_layer: 'text',
  smart_object_layer: 'smartObject',
  adjustment_layer: 'adjustments',
  group_layer: undefined,
  background_layer: undefined,
} as const;

const layerTypes = Object.keys(layerKinds) as (keyof typeof layerKinds)[];

/** One change of a layer. The fields of all kinds stand side by side: Adobe's description does not tell them apart either. */
export const layer = once(() =>
  z
    .strictObject({
      operation: operation(),
      type: z.enum(layerTypes).optional(),
      id: z.int().optional(),
      name: z.string().optional(),
      isVisible: z.boolean().optional(),
      isClipped: z.boolean().optional(),
      blendOptions: z
        .strictObject({ opacity: z.int().min(0).max(100).optional(), blendMode: z.enum(blendModes).optional() })
        .optional(),
      pixelMask: z
        .strictObject({
          delete: z.boolean().optional(),
          isEnabled: z.boolean().optional(),
          isLinked: z.boolean().optional(),
          offset: offset().optional(),
          source: fileSource().optional(),
        })
        .optional(),
      protection: z.array(z.enum(protections)).nullish(),
      transform: transform().optional(),
      transformMode: z.enum(['fit', 'fill', 'custom', 'none']).optional(),
      image: fileImage().optional(),
      fill: fill().optional(),
      text: layerText().optional(),
      smartObject: z
        .strictObject({
          isLinked: z.boolean().optional(),
          autoResize: z.boolean().optional(),
          smartObjectFile: z.strictObject({ source: fileSource().optional() }).optional(),
        })
        .optional(),
      adjustments: adjustments().optional(),
      convertToLayer: z.boolean().optional(),
      convertedLayerName: z.string().optional(),
      get children() {
        return z.array(layer()).optional();
      },
    })
    .meta({ id: 'PhotoshopLayer' }),
);

/**
 * Adobe: what a layer cannot be added or edited without.
 *
 * @param path to the list
 */
export const checkLayers = (layers: unknown, path: RuleFinding['path']): RuleFinding[] =>
  asList(layers).flatMap((each, index) => {
    const here = [...path, index];
    const { operation: change, type, pixelMask, children, ...fields } = asFields(each);
    const findings = checkLayers(children, [...here, 'children']);
    const kind = layerTypes.find((known) => known === type);
    const needed = kind && layerKinds[kind];
    const { type: action } = asFields(change);
    const flags = asList(fields['protection']);
    if (flags.length > 1 && (flags.includes('none') || flags.includes('all'))) {
      findings.push({ path: [...here, 'protection'], message: 'none and all stand alone' });
    }
    if (action === 'add' && needed !== undefined && fields[needed] === undefined) {
      findings.push({ path: [...here, needed], message: `required to add a layer of the type ${kind}` });
    }
    if (action === 'edit' && pixelMask !== undefined && asFields(pixelMask)['delete'] === undefined) {
      findings.push({ path: [...here, 'pixelMask', 'delete'], message: 'required to edit a layer' });
    }
    return findings;
  });
