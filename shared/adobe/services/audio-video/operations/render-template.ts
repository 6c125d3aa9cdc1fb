import * as z from 'zod';
import { once } from '../../../../once.ts';
import { cancellableAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { renderDestinations } from '../destinations.ts';
import { id, source } from '../fields.ts';
import { checkRender, listCombinations } from '../render-rules.ts';
import { renderedFiles } from '../results.ts';
import { template, warnOfTemplate } from '../template.ts';

const index = once(() => z.int().min(0));

const variable = once(() =>
  z.strictObject({
    variableId: id(),
    selectedCheckboxValue: z.boolean().optional(),
    selectedDropdownValue: z.string().optional(),
    selectedSliderValue: z.number().optional(),
    text: z.string().optional(),
    fontName: z.string().optional(),
    assetIndex: index().optional(),
    scale: z.enum(['no_scale', 'fit_to_frame', 'stretch_to_fill', 'fill_frame']).optional(),
    audioPreference: z.enum(['replace', 'mix']).optional(),
  }),
);

const layerOperation = once(() =>
  z.strictObject({
    operation: z.enum([
      'trim_comp',
      'trim_inpoint',
      'trim_outpoint',
      'shift_inpoint',
      'shift_outpoint',
      'match_source_duration',
      'set_layer_duration',
      'stretch_layer',
      'enable_layer',
    ]),
    layerId: id().optional(),
    refLayerId: id().optional(),
    refInOut: z.enum(['in', 'out']).optional(),
    startLayerId: id().optional(),
    endLayerId: id().optional(),
    startSeconds: z.number().optional(),
    startFrames: z.int().optional(),
    offsetSeconds: z.number().optional(),
    offsetFrames: z.int().optional(),
    durationSeconds: z.number().optional(),
    durationFrames: z.int().optional(),
    durationPercent: z.number().optional(),
    videoEnabled: z.boolean().optional(),
    audioEnabled: z.boolean().optional(),
    solo: z.boolean().optional(),
  }),
);

const preset = once(() =>
  z.strictObject({
    source: z.strictObject({ presetId: id().optional(), url: source().shape.url.optional() }),
  }),
);

/** Adobe: `POST /v1/templates/render`: a template with its variables changed, as videos in each preset. */
export const renderTemplate = defineOperation({
  name: 'audio-video/render-template',
  title: 'Render variations of a template of motion graphics',
  path: '/v1/templates/render',
  cancelPath: '/v1/cancel/{jobId}',
  lane: 'av-templates',
  promptFields: ['variations[].variables[].text'],
  body: () =>
    z.strictObject({
      ...template(),
      fonts: z.array(z.strictObject({ name: id(), source: source() })).optional(),
      config: z
        .strictObject({
          handleMissingFonts: byDefault('use_default', z.enum(['fail', 'use_default'])).optional(),
          sidecar: z.literal('aep').optional(),
        })
        .optional(),
      assets: z.array(z.strictObject({ source: source() })).optional(),
      presets: z.array(preset()).optional(),
      variations: z
        .array(z.strictObject({ variables: z.array(variable()) }))
        .min(1)
        .max(10),
      layerOperations: z.array(layerOperation()).optional(),
      outputs: z
        .array(
          z.strictObject({
            variationIndex: index(),
            presetIndex: index(),
            fileName: z.string().optional(),
            // A presigned URL (Adobe's schema), or an object with one (Adobe's SDK).
            destination: z
              .union([z.url({ protocol: /^https$/ }), z.strictObject({ url: z.url({ protocol: /^https$/ }) })])
              .optional(),
          }),
        )
        .optional(),
    }),
  rules: checkRender,
  warnings: warnOfTemplate,
  countOutputs: (fields) => Math.max(1, listCombinations(fields).length),
  destinations: renderDestinations,
  accepts: cancellableAcceptance,
  result: renderedFiles,
  polling: { firstPollSeconds: 15, pollCeilingSeconds: 30, timeoutSeconds: 21_600 },
});
