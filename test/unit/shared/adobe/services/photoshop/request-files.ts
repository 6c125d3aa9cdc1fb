import fc from 'fast-check';

const url = fc.constantFrom(
  'https://bucket.s3.eu-west-1.amazonaws.com/in.psd?X-Amz-Signature=1',
  'https://files.example.com/in.tif',
  's3://bucket/in.psd',
  'job:0197c3f2-5a5e-7c3d-8f60-0d5f1f1f7c11/0',
);
const creativeCloud = fc.oneof(
  fc.record(
    { creativeCloudPath: fc.constant('/a.psd'), creativeCloudProjectId: fc.constant('urn:aaid:sc:US:1') },
    { requiredKeys: ['creativeCloudPath'] },
  ),
  fc.record({ creativeCloudFileId: fc.constant('urn:aaid:sc:US:2') }),
);
/** A file that every operation can read. */
export const portable = fc.oneof(fc.record({ url }), creativeCloud);
/** A file, also one of Lightroom. */
export const source = fc.oneof(portable, fc.record({ lightroomPath: fc.constant('/v2/catalogs/1/assets/2') }));
/** A file or the text of a script itself. */
export const script = fc.oneof(
  source,
  fc.record(
    { content: fc.oneof(fc.string(), fc.constant('x'.repeat(51_200))), contentType: fc.constant('application/json') },
    { requiredKeys: ['content'] },
  ),
);

/** A record of which every field may be missing. */
export const optional = <Fields>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { requiredKeys: [] });
/** A whole number, bounds included. */
export const within = (min: number, max: number) => fc.integer({ min, max });
/** A setting of Lightroom, from -100 to 100. */
export const upTo100 = within(-100, 100);

/** A place for an output. */
export const destination = fc.oneof(
  fc.record(
    {
      url: fc.constant('https://bucket.s3.amazonaws.com/out?X-Amz-Signature=1'),
      storageType: fc.constantFrom('azure', 'dropbox'),
    },
    { requiredKeys: ['url'] },
  ),
  fc.record({ validityPeriod: within(60, 86_400) }),
  fc.record({ embedded: fc.constantFrom('string', 'base64', 'json') }),
);
/** The qualities of a JPEG. */
export const quality = fc.constantFrom('very_poor', 'poor', 'low', 'medium', 'high', 'maximum', 'photoshop_max');
/** The compressions of a PNG. */
export const compression = fc.constantFrom('none', 'very_low', 'medium_low', 'medium_high', 'default', 'maximum');
/** A JPEG that is asked for. */
export const jpeg = fc.record(
  { destination, mediaType: fc.constant('image/jpeg'), quality },
  { requiredKeys: ['mediaType'] },
);
/** A PNG that is asked for. */
export const png = fc.record(
  { destination, mediaType: fc.constant('image/png'), compression },
  { requiredKeys: ['mediaType'] },
);
/** A colour profile, by name or from a file. */
export const iccProfile = fc.oneof(
  fc.record(
    {
      type: fc.constant('standard'),
      name: fc.constantFrom('Apple RGB', 'Dot Gain 20%'),
      imageMode: fc.constant('rgb'),
    },
    { requiredKeys: ['type', 'name'] },
  ),
  fc.record(
    { type: fc.constant('custom'), name: fc.string({ maxLength: 255 }), source, imageMode: fc.constant('cmyk') },
    { requiredKeys: ['type', 'name', 'source'] },
  ),
);
const document = fc.record(
  {
    destination,
    mediaType: fc.constantFrom('image/tiff', 'image/vnd.adobe.photoshop', 'document/vnd.adobe.cpsd+dcx'),
    width: within(0, 32_000),
    maxWidth: within(0, 32_000),
    resample: fc.constantFrom('bilinear', 'bicubic_sharper'),
    cropMode: fc.constantFrom('trim_to_transparency', 'layer_bounds'),
    iccProfile,
    layers: fc.array(optional({ id: fc.integer(), name: fc.string() }), { maxLength: 3 }),
    shouldOverwrite: fc.boolean(),
  },
  { requiredKeys: ['mediaType'] },
);
/** As many outputs of these kinds as an operation takes. */
export const listOf = (...kinds: fc.Arbitrary<unknown>[]) =>
  fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 25 });
/** Outputs of every kind. */
export const renditions = listOf(jpeg, png, document);
