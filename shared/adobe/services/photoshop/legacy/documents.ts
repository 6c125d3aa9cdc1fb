import * as z from 'zod';
import { once } from '../../../../once.ts';
import { createArtboard } from '../operations/create-artboard.ts';
import { createComposite } from '../operations/create-composite.ts';
import { executeActions } from '../operations/execute-actions.ts';
import { type LegacyCall, type Translation, translateCall } from './call.ts';
import {
  actionOutput,
  legacyInput,
  outputPlaces,
  renditionOutput,
  smartObjectOutput,
  toOutput,
  toSource,
} from './files.ts';

const one = once(() => z.tuple([legacyInput()], { error: 'must have exactly one file' }));
const listOf = <Output extends z.ZodType>(output: Output) => z.array(output).min(1).max(25);

const imagePlace = { 'image.source.url': 'inputs[].href' };

type Given = {
  inputs: readonly [z.output<ReturnType<typeof legacyInput>>];
  outputs: readonly Parameters<typeof toOutput>[0][];
};

const toOutputs = (outputs: Given['outputs']) => outputs.map((output) => toOutput(output, 7));

/** A request for one document, and what it has besides. */
const toDocument = (
  { inputs: [input], outputs }: Given,
  more: Record<string, unknown> = {},
  places: Translation['places'] = {},
): Translation => ({
  body: { image: toSource(input), ...more, outputs: toOutputs(outputs) },
  places: { ...outputPlaces, ...imagePlace, ...places },
});

const rendition = once(() => z.strictObject({ inputs: one(), outputs: listOf(renditionOutput()) }));

const renditionCreate = translateCall({
  path: '/pie/psdService/renditionCreate',
  does: 'Render a document',
  successor: createComposite,
  body: rendition,
  translate: (given) => toDocument(given),
});

const artboard = once(() =>
  z.strictObject({
    options: z.strictObject({ artboard: z.array(legacyInput()).min(1).max(25) }),
    outputs: listOf(renditionOutput()),
  }),
);

const artboardCreate = translateCall({
  path: '/pie/psdService/artboardCreate',
  does: 'Place images side by side',
  successor: createArtboard,
  body: artboard,
  translate: ({ options, outputs }) => ({
    body: { images: options.artboard.map(toSource), outputs: toOutputs(outputs) },
    places: { ...outputPlaces, 'images[].source.url': 'options.artboard[].href' },
  }),
});

const resources = once(() => ({
  fonts: z.array(legacyInput()).optional(),
  patterns: z.array(legacyInput()).max(10).optional(),
  brushes: z.array(legacyInput()).max(10).optional(),
}));

const toResources = ({ fonts, patterns, brushes }: z.output<z.ZodObject<ReturnType<typeof resources>>>) => ({
  fontOptions: fonts && { additionalFonts: fonts.map(toSource) },
  patterns: patterns?.map(toSource),
  brushes: brushes?.map(toSource),
});

const resourcePlaces = {
  'options.fontOptions.additionalFonts[].source.url': 'options.fonts[].href',
  'options.patterns[].source.url': 'options.patterns[].href',
  'options.brushes[].source.url': 'options.brushes[].href',
};

const action = once(() => z.strictObject({ ...legacyInput().shape, actionName: z.string().optional() }));

const withActions = once(() =>
  z.strictObject({
    inputs: one(),
    options: z.strictObject({ actions: z.array(action()).min(1).max(10), ...resources() }),
    outputs: listOf(actionOutput()),
  }),
);

const photoshopActions = translateCall({
  path: '/pie/psdService/photoshopActions',
  does: 'Run actions on an image',
  successor: executeActions,
  body: withActions,
  translate: ({ options: { actions, ...files }, ...given }) => {
    const named = actions.map(({ actionName, ...file }) => ({ ...toSource(file), actionName }));
    const places = { ...resourcePlaces, 'options.actions[].source.url': 'options.actions[].href' };
    return toDocument(given, { options: { actions: named, ...toResources(files) } }, places);
  },
});

const withActionJson = once(() =>
  z.strictObject({
    inputs: one(),
    options: z.strictObject({
      actionJSON: z.array(z.looseObject({})).min(1),
      ...resources(),
      additionalImages: z.array(legacyInput()).min(1).max(25).optional(),
    }),
    outputs: listOf(actionOutput()),
  }),
);

const actionJson = translateCall({
  path: '/pie/psdService/actionJSON',
  does: 'Run actions that stand in the request',
  successor: executeActions,
  body: withActionJson,
  translate: ({ options: { actionJSON, additionalImages, ...files }, ...given }) => {
    const options = {
      actions: [{ source: { content: JSON.stringify(actionJSON), contentType: 'application/json' } }],
      additionalContents: additionalImages?.map(toSource),
      ...toResources(files),
    };
    const places = {
      ...resourcePlaces,
      'options.actions[].source.content': 'options.actionJSON',
      'options.additionalContents[].source.url': 'options.additionalImages[].href',
    };
    return toDocument(given, { options }, places);
  },
});

const reference = once(() => z.strictObject({ id: z.int().optional(), name: z.string().optional() }));

const position = once(() =>
  z
    .strictObject({
      insertAbove: reference().optional(),
      insertBelow: reference().optional(),
      insertInto: reference().optional(),
      insertTop: z.literal(true).optional(),
      insertBottom: z.literal(true).optional(),
    })
    .refine((place) => Object.values(place).filter((value) => value !== undefined).length === 1, {
      error: 'exactly one of insertAbove, insertBelow, insertInto, insertTop, insertBottom is required',
    }),
);

const placements = {
  insertAbove: 'above',
  insertBelow: 'below',
  insertInto: 'into',
  insertTop: 'top',
  insertBottom: 'bottom',
} as const;

const smartLayer = once(() =>
  z.strictObject({
    add: position().optional(),
    id: z.int().optional(),
    name: z.string().optional(),
    locked: z.boolean().optional(),
    visible: z.boolean().optional(),
    input: legacyInput(),
    bounds: z.never({ error: 'has no faithful counterpart: use transform in POST /v2/create-composite' }).optional(),
  }),
);

const withLayers = once(() =>
  z.strictObject({
    inputs: one(),
    options: z.strictObject({ layers: z.array(smartLayer()).min(1) }),
    outputs: listOf(smartObjectOutput()),
  }),
);

const toOperation = (add: z.output<ReturnType<typeof position>> | undefined): Record<string, unknown> => {
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

const smartObject = translateCall({
  path: '/pie/psdService/smartObject',
  does: 'Put files into smart objects',
  successor: createComposite,
  body: withLayers,
  translate: ({ options, ...given }) => {
    const layers = options.layers.map(({ add, id, name, locked, visible, input }) => ({
      operation: toOperation(add),
      type: 'smart_object_layer',
      id,
      name,
      isVisible: visible,
      protection: locked === true ? ['all'] : undefined,
      smartObject: { smartObjectFile: toSource(input) },
    }));
    const places = {
      'edits.layers[].smartObject.smartObjectFile.source.url': 'options.layers[].input.href',
      'edits.layers[]': 'options.layers[]',
    };
    return toDocument(given, { edits: { layers } }, places);
  },
});

/** The calls of Photoshop's first version that Adobe ended on 2026-07-31 and whose successors do the same. */
export const documentCalls: readonly LegacyCall[] = [
  renditionCreate,
  artboardCreate,
  photoshopActions,
  actionJson,
  smartObject,
];
