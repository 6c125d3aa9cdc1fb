import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { findInputTypes, listInputTypes } from '#shared/adobe/services/input-types.ts';
import { operations, services } from '#shared/adobe/services/registry.ts';
import { isOneOfTypes, recognizeInput } from '#shared/inputs/recognize.ts';
import { getExtension } from '#shared/media-type.ts';

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } });

/** The beginning of a zip whose first file has this name and content, stored as it is. */
const zip = (name: string, content: string): Buffer => {
  const header = Buffer.alloc(30);
  header.writeUInt32BE(0x504b0304);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name + content)]);
};

const box = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`), Buffer.alloc(12)]);
const wav = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WAVEfmt ')]);
const font = (mark: string) =>
  Buffer.concat([Buffer.from(mark, 'latin1'), Buffer.from('\0\x0b\0\x80\0\x03\x000DSIG'), Buffer.alloc(40)]);
const atn = Buffer.concat([Buffer.from([0, 0, 0, 16, 0, 0, 0, 4]), Buffer.from('Set\0', 'utf16le').swap16()]);
const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>';
const indd = Buffer.concat([Buffer.from('0606edf5d81d46e5bd31efe7fe74b71d', 'hex'), Buffer.from('DOCUMENT')]);

const files: [type: string, head: Buffer, place: [operation: string, ...path: (string | number)[]]][] = [
  ['image/vnd.adobe.photoshop', Buffer.from('8BPS\0\x01\0\0', 'latin1'), ['photoshop/edit', 'image', 'source', 'url']],
  ['application/x-photoshop-actions', atn, ['photoshop/execute-actions', 'options', 'actions', 3, 'source', 'url']],
  ['application/rdf+xml', Buffer.from(xmp), ['photoshop/edit', 'edits', 'presets', 0, 'url']],
  [
    'application/rdf+xml',
    Buffer.from(`\uFEFF<?xpacket begin=""?>${xmp}`),
    ['photoshop/edit', 'edits', 'xmp', 'source', 'url'],
  ],
  ['application/xml', Buffer.from(`<?xml version="1.0"?>${xmp}`), ['photoshop/edit', 'edits', 'presets', 0, 'url']],
  ['font/otf', font('OTTO'), ['photoshop/create-composite', 'fontOptions', 'additionalFonts', 0, 'source', 'url']],
  ['font/ttf', font('\0\x01\0\0'), ['illustrator/merge-data', 'fontFiles', 0, 'source', 'url']],
  [
    'font/woff',
    Buffer.from('wOFF\0\x01\0\0'.padEnd(48, '\0'), 'latin1'),
    ['indesign/create-rendition', 'assets', 1, 'source', 'url'],
  ],
  ['application/x-indesign', indd, ['indesign/create-rendition', 'assets', 0, 'source', 'url']],
  [
    'application/vnd.adobe.indesign-idml-package',
    zip('mimetype', 'application/vnd.adobe.indesign-idml-package'),
    ['indesign/create-rendition', 'assets', 0, 'source', 'url'],
  ],
  ['application/pdf', Buffer.from('%PDF-1.7\n'), ['illustrator/create-rendition', 'input', 'source', 'url']],
  ['audio/wav', wav, ['audio-video/transcribe', 'audio', 'source', 'url']],
  ['video/mp4', box('mp42'), ['audio-video/dub', 'video', 'source', 'url']],
  ['model/gltf-binary', Buffer.from('glTF\x02\0\0\0'), ['substance/render', 'sources', 0, 'url', 'url']],
  ['model/vnd.usdz+zip', zip('bottle.usdc', 'PXR-USDC'), ['substance/render', 'sources', 0, 'url', 'url']],
  ['application/x-ft-fbx', Buffer.from('Kaydara FBX Binary  \0'), ['substance/convert', 'sources', 0, 'url', 'url']],
];

const takenAt = ([name, ...path]: (typeof files)[number][2]) => {
  const operation = operations.find((each) => each.name === name);
  const service = services.find((each) => each.operations.some((other) => other === operation));
  const types = findInputTypes(operation?.inputTypes ?? service?.inputTypes, path);
  if (types === undefined) throw new Error(`${name} takes any file at ${path.join('.')}.`);
  return types;
};

describe('a file', () => {
  it.each(files)('that is %s is recognized, and taken where it belongs', async (type, head, place) => {
    expect(await recognizeInput(head)).toBe(type);
    expect(await isOneOfTypes(type, takenAt(place))).toBe(true);
  });

  it.each([
    ['a picture as actions', () => picture().png().toBuffer(), ['photoshop/execute-actions', 'options', 'actions', 0]],
    ['a picture as a font', () => picture().jpeg().toBuffer(), ['photoshop/create-composite', 'fontOptions']],
    ['actions as a picture', async () => atn, ['photoshop/edit', 'image']],
    ['a preset as a picture', async () => Buffer.from(xmp), ['photoshop/edit', 'image']],
    ['a video as audio', async () => box('mp42'), ['audio-video/transcribe', 'audio']],
    ['a video as a document', async () => box('mp42'), ['indesign/document-info', 'assets', 0]],
    ['a font as a model', async () => font('OTTO'), ['substance/describe', 'sources', 0]],
    ['a picture as a CSV file', () => picture().png().toBuffer(), ['illustrator/merge-data', 'data', 'source']],
  ] as const)('%s is not taken', async (_, make, [operation, ...path]) => {
    expect(await isOneOfTypes(await recognizeInput(await make()), takenAt([operation, ...path]))).toBe(false);
  });

  it('of which first bytes tell nothing is taken where files without a mark are', async () => {
    expect(await isOneOfTypes(undefined, ['text/csv'])).toBe(true);
    expect(await isOneOfTypes(undefined, ['model/obj', 'image/png'])).toBe(true);
    expect(await isOneOfTypes(undefined, ['image/png', 'font/otf'])).toBe(false);
  });

  it('of any bytes is looked at without a failure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (head) => void (await recognizeInput(head))),
      {
        numRuns: 50,
      },
    );
  });
});

it('each type that a service takes has an extension of its own', () => {
  const types = [...new Set(services.flatMap(listInputTypes))];
  expect(types.length).toBeGreaterThan(60);
  expect(types.filter((type) => getExtension(type) === 'bin')).toEqual([]);
});

it('the longest place that covers a source counts, and a place that is not named takes any', () => {
  const types = { image: ['image/png'], 'image.iccProfile': ['application/vnd.iccprofile'], 'fonts[]': ['font/otf'] };
  expect(findInputTypes(types, ['image', 'source', 'url'])).toEqual(['image/png']);
  expect(findInputTypes(types, ['image', 'iccProfile', 'source', 'url'])).toEqual(['application/vnd.iccprofile']);
  expect(findInputTypes(types, ['fonts', 12, 'source', 'url'])).toEqual(['font/otf']);
  expect(findInputTypes(types, ['images', 0, 'url'])).toBeUndefined();
  expect(findInputTypes(['image/png'], ['images', 0, 'url'])).toEqual(['image/png']);
  expect(findInputTypes(undefined, ['image'])).toBeUndefined();
});
