import * as z from 'zod';
import type { ServiceOperation } from '../service/definition.ts';
import { document, edits, fontOptions } from './composite.ts';
import { lightroomEdits } from './lightroom.ts';
import { checkEncoding, edited, encoding, manifests, planOutputs, renditions } from './outputs.ts';
import { findInputs, portable, script, sourced } from './sources.ts';
import { accept, listOutputs, writeStatus } from './words.ts';

const operation = (
  path: `/v2/${string}`,
  body: ServiceOperation['body'],
  outputs: ServiceOperation['outputs'],
): ServiceOperation => ({
  path,
  quotas: ['photoshop'],
  body,
  inputs: (request) => findInputs(request),
  outputs,
  statusPath: '/v2/status/{jobId}',
  accept,
  status: (job) => writeStatus(job, listOutputs),
});

const edit = operation(
  '/v2/edit',
  z.looseObject({ image: sourced, edits: lightroomEdits.optional(), outputs: edited }),
  planOutputs('an edit'),
);

const createComposite = operation(
  '/v2/create-composite',
  z.looseObject({
    image: document,
    edits: edits.optional(),
    fontOptions: fontOptions.optional(),
    outputs: renditions,
  }),
  planOutputs('a composite'),
);

const resource = z.looseObject({ source: portable });
const action = z.looseObject({ source: script, actionName: z.string().optional() });

const executeActions = operation(
  '/v2/execute-actions',
  z.looseObject({
    image: sourced,
    options: z
      .looseObject({
        actions: z.array(action).max(10).optional(),
        uxp: z.looseObject({ source: script }).optional(),
        additionalContents: z.array(resource).max(25).optional(),
        brushes: z.array(resource).max(10).optional(),
        patterns: z.array(resource).max(10).optional(),
        fontOptions: fontOptions.optional(),
      })
      .refine(({ actions, uxp }) => uxp !== undefined || (actions?.length ?? 0) > 0, {
        error: 'at least one of actions and uxp is required',
      }),
    outputs: renditions,
  }),
  planOutputs('what actions made'),
);

const createArtboard = operation(
  '/v2/create-artboard',
  z.looseObject({
    images: z
      .array(sourced.extend({ name: z.string().min(1).max(255).optional() }))
      .min(1)
      .max(25),
    artboardSpacing: z.int().optional(),
    outputs: renditions,
  }),
  planOutputs('artboards'),
);

const thumbnailOptions = z.object({ includeLayerThumbnails: z.boolean().optional() });

/** The pictures of layers are at addresses of Adobe's that redirect to them. */
const writeManifest = (body: unknown): string => {
  const { includeLayerThumbnails } = thumbnailOptions.parse(body);
  const thumbnail = 'https://photoshop-api.adobe.io/v2/short-url/urn:aaid:ps:4c0b2f6e';
  const layers = [{ id: 1, name: 'Background', type: 'layer', ...(includeLayerThumbnails && { thumbnail }) }];
  return JSON.stringify({ document: { width: 8, height: 8, imageMode: 'grayscale' }, layers });
};

const generateManifest = operation(
  '/v2/generate-manifest',
  z.looseObject({
    image: sourced,
    includeLayerThumbnails: z.boolean().optional(),
    includeXmp: z.boolean().optional(),
    extractSmartObjectData: z.boolean().optional(),
    maximumThumbnailDepth: z.int().min(0).optional(),
    trimToTransparency: z.boolean().optional(),
    exportOptions: z
      .looseObject({ mediaType: z.enum(['image/jpeg', 'image/png']), ...encoding })
      .superRefine(checkEncoding)
      .optional(),
    outputs: manifests,
  }),
  planOutputs('a manifest', writeManifest),
);

/** The five operations of Photoshop. */
export const photoshopOperations = [edit, createComposite, executeActions, createArtboard, generateManifest];
