import * as z from 'zod';
import { accept, writeStatus } from '../photoshop/words.ts';
import type { PlannedOutput, ServiceJob, ServiceOperation } from '../service/definition.ts';

const ratio = z.enum(['1:1', '16:9', '9:16', '4:3', '3:4', '4:5', '5:4', '3:2', '2:3', '21:9']);
const zoom = z.number().gt(0).max(1);
const listed = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item).max(20)]);

const crops = ['smartCrop', 'subjectCrop'];
const focused = ['subjectCrop', 'objectDetection'];

const body = z
  .looseObject({
    image: z.looseObject({
      source: z.looseObject({ url: z.string() }),
      mediaType: z.enum(['image/jpeg', 'image/png', 'image/webp']).optional(),
    }),
    mode: z.enum(['smartCrop', 'subjectCrop', 'fullSceneDetection', 'objectDetection']),
    outputType: z.enum(['images', 'boundingBoxes']).optional(),
    aspectRatio: listed(ratio).optional(),
    zoom: listed(zoom).optional(),
    focus: z.array(z.string()).optional(),
  })
  .superRefine(({ mode, aspectRatio, zoom: zooms, focus = [] }, context) => {
    const refuse = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    const ratios = toList(aspectRatio);
    if (ratios.length > 0 && !crops.includes(mode)) refuse('aspectRatio', `not for ${mode}`);
    if (zooms !== undefined && ratios.length === 0) refuse('zoom', 'only with aspectRatio');
    else if (zooms !== undefined && Array.isArray(zooms) !== Array.isArray(aspectRatio)) refuse('zoom', 'other form');
    else if (zooms !== undefined && toList(zooms).length !== ratios.length) refuse('zoom', 'other length');
    if (focused.includes(mode) !== focus.length > 0) refuse('focus', `wrong for ${mode}`);
  });

const toList = <Item>(value: Item | Item[] | undefined): Item[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

/** The ratios of the crops; a detection crops nothing. */
const ratiosOf = ({ mode, aspectRatio }: z.output<typeof body>): string[] => {
  if (!crops.includes(mode)) return [];
  const ratios = toList(aspectRatio);
  return ratios.length === 0 ? ['1:1'] : ratios;
};

const planCrops = (request: unknown): PlannedOutput[] => {
  const given = body.parse(request);
  if (given.outputType === 'boundingBoxes') return [];
  const mediaType = given.image.mediaType ?? 'image/jpeg';
  return ratiosOf(given).map((one) => {
    const [width = 1, height = 1] = one.split(':').map(Number);
    return {
      mediaType,
      target: { kind: 'hosted' },
      label: `crop ${one}`,
      size: { width: 16 * width, height: 16 * height },
    };
  });
};

const box = { x: 0, y: 0, width: 32, height: 32 };

/** Adobe's description leaves open whether the three lists are the result or its outputs. */
const writeResult = ({ request, outputs, isOdd }: ServiceJob) => {
  const given = body.parse(request);
  const files = {
    crops: ratiosOf(given).map((_, index) => ({ boundingBoxes: [{ ...box, url: outputs[index]?.url }] })),
    objects:
      given.mode === 'objectDetection' ? [{ objectName: given.focus?.[0], confidence: 0.9, boundingBoxes: [box] }] : [],
    subject: given.mode === 'fullSceneDetection' ? [{ boundingBoxes: [box] }] : [],
  };
  return isOdd ? { outputs: files } : files;
};

/** `POST /v1/auto-crop`. */
export const autoCrop: ServiceOperation = {
  path: '/v1/auto-crop',
  quotas: ['photoshop-imaging'],
  body,
  inputs: (request) => [
    {
      path: ['image', 'source', 'url'],
      url: body.parse(request).image.source.url,
      domains: [
        ...['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'assets.frame.io', 'storage.googleapis.com'],
        ...['adobe.io', 'azureedge.net'],
      ],
      mediaTypes: ['image/jpeg', 'image/png', 'image/webp'],
    },
  ],
  outputs: planCrops,
  statusPath: '/v2/status/{jobId}',
  accept,
  status: (job) => writeStatus(job, writeResult),
};
