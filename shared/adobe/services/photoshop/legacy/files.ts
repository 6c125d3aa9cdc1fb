import * as z from 'zod';
import { once } from '../../../../once.ts';
import { standardProfiles } from '../outputs.ts';
import { inputUrl, outputUrl } from '../sources.ts';

const storage = once(() =>
  z.enum(['external', 'azure', 'dropbox'], {
    error: 'must be external, azure or dropbox: files in Creative Cloud cannot be kept by the gateway',
  }),
);

/** A file that is read: its address, and whose storage that is in. */
export const legacyInput = once(() => z.strictObject({ href: inputUrl(), storage: storage() }));

/** What is read, as Adobe's newer calls name it. */
export const toSource = ({ href }: z.output<ReturnType<typeof legacyInput>>) => ({ source: { url: href } });

/** Fields that outputs of all ended calls have. */
const output = once(() => ({
  href: outputUrl(),
  storage: storage(),
  // Of files in Creative Cloud only: a presigned PUT always replaces.
  overwrite: z.boolean().optional(),
}));

/** Adobe's table for 1 to 7; 12 is the best that Photoshop has, and what lies between has no published counterpart. */
const qualities: Readonly<Record<number, string>> = {
  1: 'low',
  2: 'low',
  3: 'medium',
  4: 'medium',
  5: 'high',
  6: 'high',
  7: 'maximum',
  12: 'photoshop_max',
};

const quality = (max: 7 | 12) =>
  z
    .int()
    .min(1)
    .max(max)
    .refine((value) => value in qualities, { error: 'Adobe publishes no counterpart of 8 to 11: use 1 to 7, or 12' })
    .optional();

/** An edited image. */
export const lightroomOutput = once(() =>
  z.strictObject({
    ...output(),
    type: z.enum(['image/jpeg', 'image/png', 'image/x-adobe-dng', 'application/rdf+xml']),
    quality: quality(12),
  }),
);

const documentType = once(() =>
  z.enum(['image/vnd.adobe.photoshop', 'vnd.adobe.photoshop', 'image/jpeg', 'image/png', 'image/tiff']),
);

const compressions = { small: 'maximum', medium: 'medium', large: 'low' } as const;

const compression = once(() => z.enum(['small', 'medium', 'large']).optional());

/** What an action has made. */
export const actionOutput = once(() =>
  z.strictObject({ ...output(), type: documentType(), quality: quality(12), compression: compression() }),
);

const width = once(() => z.int().min(0).optional());

/** What a document with smart objects is rendered to. */
export const smartObjectOutput = once(() =>
  z.strictObject({
    ...output(),
    type: documentType(),
    width: width(),
    quality: quality(7),
    compression: compression(),
  }),
);

const iccProfile = once(() =>
  z
    .strictObject({
      imageMode: z.enum(['grayscale', 'rgb', 'cmyk']),
      profileName: z.enum(standardProfiles).optional(),
      input: legacyInput().optional(),
    })
    .refine(({ profileName, input }) => (profileName === undefined) !== (input === undefined), {
      error: 'exactly one of profileName, input is required',
    }),
);

/** What a document is rendered to. */
export const renditionOutput = once(() =>
  z.strictObject({
    ...output(),
    type: documentType(),
    width: width(),
    maxWidth: width(),
    quality: quality(7),
    compression: compression(),
    trimToCanvas: z.boolean().optional(),
    layers: z
      .array(z.strictObject({ id: z.int().optional(), name: z.string().optional() }))
      .max(100)
      .optional(),
    iccProfile: iccProfile().optional(),
  }),
);

/** Any of the outputs above: the fields that not all of them have are optional. */
type AnyOutput =
  | z.output<ReturnType<typeof lightroomOutput>>
  | z.output<ReturnType<typeof renditionOutput>>
  | z.output<ReturnType<typeof actionOutput>>;

/**
 * An output as Adobe's newer calls take it.
 *
 * @param defaultQuality what the ended call gave a JPEG without one
 */
export const toOutput = (given: AnyOutput, defaultQuality: 7 | 12): Record<string, unknown> => {
  const { href, storage: place, type, quality: degree = defaultQuality } = given;
  const mediaType = type === 'vnd.adobe.photoshop' ? 'image/vnd.adobe.photoshop' : type;
  return {
    destination: { url: href, storageType: place === 'external' ? undefined : place },
    mediaType,
    quality: mediaType === 'image/jpeg' ? qualities[degree] : undefined,
    compression:
      mediaType === 'image/png' && 'compression' in given && given.compression !== undefined
        ? compressions[given.compression]
        : undefined,
    ...('trimToCanvas' in given || 'layers' in given || 'width' in given || 'iccProfile' in given
      ? renditionFields(given)
      : {}),
  };
};

const renditionFields = ({
  width: wide,
  maxWidth,
  trimToCanvas,
  layers,
  iccProfile: profile,
}: Partial<z.output<ReturnType<typeof renditionOutput>>>) => ({
  // 0 was full size.
  width: wide || undefined,
  maxWidth: maxWidth || undefined,
  cropMode: trimToCanvas === true ? 'document_bounds' : undefined,
  layers,
  iccProfile: profile && toProfile(profile),
});

const toProfile = ({ imageMode, profileName, input }: z.output<ReturnType<typeof iccProfile>>) =>
  input === undefined
    ? { type: 'standard', name: profileName, imageMode }
    : { type: 'custom', name: 'custom', imageMode, ...toSource(input) };

/** Where the fields of outputs stood. */
export const outputPlaces = {
  outputs: 'outputs',
  'outputs[].destination.url': 'outputs[].href',
  'outputs[].destination.storageType': 'outputs[].storage',
  'outputs[].mediaType': 'outputs[].type',
  'outputs[].cropMode': 'outputs[].trimToCanvas',
  'outputs[].iccProfile.source.url': 'outputs[].iccProfile.input.href',
  'outputs[].iccProfile.name': 'outputs[].iccProfile.profileName',
} as const;
