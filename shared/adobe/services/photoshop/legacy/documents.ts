import * as z from 'zod';
import { createArtboard } from '../operations/create-artboard.ts';
import { createComposite } from '../operations/create-composite.ts';
import { executeActions } from '../operations/execute-actions.ts';
import type { LegacyCall } from './call.ts';
import {
  actionOutput,
  legacyInput,
  outputPlaces,
  renditionOutput,
  smartObjectOutput,
  toOutput,
  toSource,
} from './files.ts';

const one = z.tuple([legacyInput], { error: 'must have exactly one file' });
const listOf = <Output extends z.ZodType>(output: Output) => z.array(output).min(1).max(25);

const imagePlace = { 'image.source.url': 'inputs[].href' };

const rendition = z.strictObject({ inputs: one, outputs: listOf(renditionOutput) });

const renditionCreate: LegacyCall = {
  path: '/pie/psdService/renditionCreate',
  title: 'Render a document (ended by Adobe, answered by /v2/create-composite)',
  successor: createComposite,
  body: rendition,
  translate: (body) => {
    const { inputs, outputs } = rendition.parse(body);
    return {
      body: { image: toSource(inputs[0]), outputs: outputs.map((output) => toOutput(output, 7)) },
      places: { ...outputPlaces, ...imagePlace },
    };
  },
};

const artboard = z.strictObject({
  options: z.strictObject({ artboard: z.array(legacyInput).min(1).max(25) }),
  outputs: listOf(renditionOutput),
});

const artboardCreate: LegacyCall = {
  path: '/pie/psdService/artboardCreate',
  title: 'Place images side by side (ended by Adobe, answered by /v2/create-artboard)',
  successor: createArtboard,
  body: artboard,
  translate: (body) => {
    const { options, outputs } = artboard.parse(body);
    return {
      body: { images: options.artboard.map(toSource), outputs: outputs.map((output) => toOutput(output, 7)) },
      places: { ...outputPlaces, 'images[].source.url': 'options.artboard[].href' },
    };
  },
};

const resources = {
  fonts: z.array(legacyInput).optional(),
  patterns: z.array(legacyInput).max(10).optional(),
  brushes: z.array(legacyInput).max(10).optional(),
};

const toResources = ({ fonts, patterns, brushes }: z.output<z.ZodObject<typeof resources>>) => ({
  fontOptions: fonts && { additionalFonts: fonts.map(toSource) },
  patterns: patterns?.map(toSource),
  brushes: brushes?.map(toSource),
});

const resourcePlaces = {
  'options.fontOptions.additionalFonts[].source.url': 'options.fonts[].href',
  'options.patterns[].source.url': 'options.patterns[].href',
  'options.brushes[].source.url': 'options.brushes[].href',
};

const action = z.strictObject({ ...legacyInput.shape, actionName: z.string().optional() });

const withActions = z.strictObject({
  inputs: one,
  options: z.strictObject({ actions: z.array(action).min(1).max(10), ...resources }),
  outputs: listOf(actionOutput),
});

const photoshopActions: LegacyCall = {
  path: '/pie/psdService/photoshopActions',
  title: 'Run actions on an image (ended by Adobe, answered by /v2/execute-actions)',
  successor: executeActions,
  body: withActions,
  translate: (body) => {
    const { inputs, options, outputs } = withActions.parse(body);
    const { actions, ...files } = options;
    return {
      body: {
        image: toSource(inputs[0]),
        options: {
          actions: actions.map(({ actionName, ...file }) => ({ ...toSource(file), actionName })),
          ...toResources(files),
        },
        outputs: outputs.map((output) => toOutput(output, 7)),
      },
      places: {
        ...outputPlaces,
        ...imagePlace,
        ...resourcePlaces,
        'options.actions[].source.url': 'options.actions[].href',
      },
    };
  },
};

const withActionJson = z.strictObject({
  inputs: one,
  options: z.strictObject({
    actionJSON: z.array(z.looseObject({})).min(1),
    ...resources,
    additionalImages: z.array(legacyInput).min(1).max(25).optional(),
  }),
  outputs: listOf(actionOutput),
});

const actionJson: LegacyCall = {
  path: '/pie/psdService/actionJSON',
  title: 'Run actions that stand in the request (ended by Adobe, answered by /v2/execute-actions)',
  successor: executeActions,
  body: withActionJson,
  translate: (body) => {
    const { inputs, options, outputs } = withActionJson.parse(body);
    const { actionJSON, additionalImages, ...files } = options;
    return {
      body: {
        image: toSource(inputs[0]),
        options: {
          actions: [{ source: { content: JSON.stringify(actionJSON), contentType: 'application/json' } }],
          additionalContents: additionalImages?.map(toSource),
          ...toResources(files),
        },
        outputs: outputs.map((output) => toOutput(output, 7)),
      },
      places: {
        ...outputPlaces,
        ...imagePlace,
        ...resourcePlaces,
        'options.actions[].source.content': 'options.actionJSON',
        'options.additionalContents[].source.url': 'options.additionalImages[].href',
      },
    };
  },
};

const reference = z.strictObject({ id: z.int().optional(), name: z.string().optional() });

const position = z
  .strictObject({
    insertAbove: reference.optional(),
    insertBelow: reference.optional(),
    insertInto: reference.optional(),
    insertTop: z.literal(true).optional(),
    insertBottom: z.literal(true).optional(),
  })
  .refine((place) => Object.values(place).filter((value) => value !== undefined).length === 1, {
    error: 'exactly one of insertAbove, insertBelow, insertInto, insertTop, insertBottom is required',
  });

const placements = {
  insertAbove: 'above',
  insertBelow: 'below',
  insertInto: 'into',
  insertTop: 'top',
  insertBottom: 'bottom',
} as const;

const smartLayer = z.strictObject({
  add: position.optional(),
  id: z.int().optional(),
  name: z.string().optional(),
  locked: z.boolean().optional(),
  visible: z.boolean().optional(),
  input: legacyInput,
  bounds: z.never({ error: 'has no faithful counterpart: use transform in POST /v2/create-composite' }).optional(),
});

const withLayers = z.strictObject({
  inputs: one,
  options: z.strictObject({ layers: z.array(smartLayer).min(1) }),
  outputs: listOf(smartObjectOutput),
});

const toOperation = (add: z.output<typeof position> | undefined): Record<string, unknown> => {
  if (add === undefined) return { type: 'edit' };
  const [[name, target] = []] = Object.entries(add).filter(([, value]) => value !== undefined);
  return {
    type: 'add',
    placement: {
      type: placements[name as keyof typeof placements],
      referenceLayer: target === true ? undefined : target,
    },
  };
};

const smartObject: LegacyCall = {
  path: '/pie/psdService/smartObject',
  title: 'Put files into smart objects (ended by Adobe, answered by /v2/create-composite)',
  successor: createComposite,
  body: withLayers,
  translate: (body) => {
    const { inputs, options, outputs } = withLayers.parse(body);
    const layers = options.layers.map(({ add, id, name, locked, visible, input }) => ({
      operation: toOperation(add),
      type: 'smart_object_layer',
      id,
      name,
      isVisible: visible,
      protection: locked === true ? ['all'] : undefined,
      smartObject: { smartObjectFile: toSource(input) },
    }));
    return {
      body: {
        image: toSource(inputs[0]),
        edits: { layers },
        outputs: outputs.map((output) => toOutput(output, 7)),
      },
      places: {
        ...outputPlaces,
        ...imagePlace,
        'edits.layers[].smartObject.smartObjectFile.source.url': 'options.layers[].input.href',
        'edits.layers[]': 'options.layers[]',
      },
    };
  },
};

/** The calls of Photoshop's first version that Adobe ended on 2026-07-31 and whose successors do the same. */
export const documentCalls: readonly LegacyCall[] = [
  renditionCreate,
  artboardCreate,
  photoshopActions,
  actionJson,
  smartObject,
];
