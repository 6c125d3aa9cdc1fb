import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { templateResult } from '../../result-template.ts';
import { byDefault } from '../../schema.ts';
import { cropDomains, imagePolling, sourceFrom } from '../fields.ts';

const imageTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;

const maxCrops = 20;
const ratio = once(() => z.enum(['1:1', '16:9', '9:16', '4:3', '3:4', '4:5', '5:4', '3:2', '2:3', '21:9']));
const zoom = once(() => z.number().gt(0).max(1));

const oneOrSome = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item).max(maxCrops)]);

const checkAutoCrop = ({ mode, aspectRatio, zoom: zooms, focus }: Readonly<Record<string, unknown>>): RuleFinding[] => {
  const findings: RuleFinding[] = [];
  const refuse = (field: string, message: string) => findings.push({ path: [field], message });
  // Adobe: an empty list counts as none.
  const hasRatio = aspectRatio !== undefined && !(Array.isArray(aspectRatio) && aspectRatio.length === 0);
  if (hasRatio && (mode === 'fullSceneDetection' || mode === 'objectDetection')) {
    refuse('aspectRatio', `not supported with the mode ${mode}`);
  }
  if (zooms !== undefined && !hasRatio) refuse('zoom', 'only supported with aspectRatio');
  if (zooms !== undefined && hasRatio && count(zooms) !== count(aspectRatio)) {
    refuse('zoom', 'must have as many numbers as aspectRatio has ratios');
  }
  const hasFocus = Array.isArray(focus) ? focus.length > 0 : focus !== undefined;
  if (!hasFocus && (mode === 'subjectCrop' || mode === 'objectDetection')) {
    refuse('focus', `at least one is required with the mode ${mode}`);
  }
  if (hasFocus && (mode === 'smartCrop' || mode === 'fullSceneDetection')) {
    refuse('focus', `must be empty with the mode ${mode}`);
  }
  return findings;
};

/** A list counts as one that has to be a list in the other field as well. */
const count = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const box = once(() =>
  z.looseObject({
    x: z.number(),
    y: z.number(),
    width: z.number(),
    height: z.number(),
    url: z.url().optional(),
  }),
);
const boxes = once(() => z.looseObject({ boundingBoxes: z.array(box()) }));

const lists = ['crops', 'objects', 'subject'];
// Adobe's description leaves open whether the three lists are the result or its outputs.
const places = ['result', 'result.outputs[]'];

/** Adobe: `POST /v1/auto-crop`. How many crops there are depends on the image; without pictures of them there is no file at all. */
export const autoCrop = defineOperation({
  name: 'photoshop/auto-crop',
  title: 'Crop an image around what it shows',
  path: '/v1/auto-crop',
  inputTypes: imageTypes,
  inputDomains: cropDomains,
  body: () =>
    z.strictObject({
      image: z.strictObject({ source: sourceFrom(cropDomains), mediaType: z.enum(imageTypes).optional() }),
      mode: z.enum(['smartCrop', 'subjectCrop', 'fullSceneDetection', 'objectDetection']),
      outputType: byDefault('images', z.enum(['images', 'boundingBoxes'])).optional(),
      aspectRatio: byDefault('1:1', oneOrSome(ratio())).optional(),
      zoom: oneOrSome(zoom()).optional(),
      focus: z.array(z.string()).optional(),
    }),
  rules: checkAutoCrop,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: templateResult({
    schema: once(() =>
      z.object({
        crops: z.array(boxes()).optional(),
        objects: z.array(boxes().extend({ objectName: z.string(), confidence: z.number() })).optional(),
        subject: z.array(boxes()).optional(),
      }),
    ),
    outputs: places.flatMap((place) => lists.map((list) => `${place}.${list}[].boundingBoxes[].url`)),
  }),
  polling: imagePolling,
});
