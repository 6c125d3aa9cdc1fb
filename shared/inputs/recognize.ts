import { detectMediaType } from '../media-type.ts';

/** Other names of what first bytes tell, and the containers in which files of a type come. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  'application/eps': ['application/postscript'],
  'application/illustrator': ['application/pdf', 'application/postscript', 'application/eps'],
  'application/mspowerpoint': ['application/x-cfb'],
  'application/msword': ['application/x-cfb'],
  'application/rdf+xml': ['application/xml'],
  'application/vnd.adobe.indesign-idml-package': ['application/zip'],
  'application/vnd.ms-powerpoint': ['application/x-cfb'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['application/zip'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['application/zip'],
  'audio/mp3': ['audio/mpeg'],
  'audio/x-m4a': ['audio/mp4'],
  'image/jpg': ['image/jpeg'],
  'image/svg+xml': ['application/xml'],
  'application/x-substance-archive': ['application/x-7z-compressed'],
  'model/vnd.autodesk.fbx': ['application/x-ft-fbx'],
  'model/vnd.usdz+zip': ['application/zip'],
  'text/html': ['application/xml'],
  'text/pdf': ['application/pdf'],
  'text/rtf': ['application/rtf'],
  'video/mov': ['video/quicktime'],
  'video/mp4': ['video/x-m4v'],
  'video/x-matroska': ['video/matroska', 'video/webm'],
  'video/x-msvideo': ['video/vnd.avi'],
};

// Text, or with variants of which the first bytes say nothing.
const unmarkedTypes = ['model/stl', 'model/vnd.autodesk.fbx', 'image/svg+xml', 'application/rdf+xml'];

/** A type, and how its files begin. */
interface Beginning {
  type: string;
  test(head: Buffer): boolean;
}

/** The name of the first file in a zip and what follows it, with its length. */
const readZip = (head: Buffer): { nameLength: number; rest: string } | undefined =>
  head.length > 30 && head.readUInt32BE(0) === 0x504b0304
    ? { nameLength: head.readUInt16LE(26), rest: head.toString('latin1', 30) }
    : undefined;

const readText = (head: Buffer): string =>
  head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();

const beginnings: readonly Beginning[] = [
  // Version 12 or 16, then the length and the first letter of the set's name in UTF-16 (Adobe: Photoshop File Formats).
  {
    type: 'application/x-photoshop-actions',
    test: (head) => [12, 16].includes(readUint32(head, 0)) && readUint32(head, 4) < 256 && head[8] === 0,
  },
  { type: 'application/x-photoshop-patterns', test: (head) => head.toString('latin1', 0, 4) === '8BPT' },
  {
    type: 'application/vnd.adobe.indesign-idml-package',
    test: (head) => readZip(head)?.rest.startsWith('mimetypeapplication/vnd.adobe.indesign-idml-package') === true,
  },
  {
    type: 'model/vnd.usdz+zip',
    test: (head) => {
      const { nameLength, rest } = readZip(head) ?? {};
      return /\.usd[ac]?$/i.test(rest?.slice(0, nameLength) ?? '');
    },
  },
  { type: 'application/rdf+xml', test: (head) => /^<(\?xpacket|x:xmpmeta|rdf:RDF)\b/.test(readText(head)) },
  {
    type: 'image/svg+xml',
    test: (head) => {
      const text = readText(head);
      return /^<(svg|\?xml|!DOCTYPE svg|!--)/.test(text) && /<svg[\s>]/.test(text);
    },
  },
];

const readUint32 = (head: Buffer, at: number): number => (head.length < at + 4 ? Number.NaN : head.readUInt32BE(at));

/**
 * The media type of an input by its first bytes.
 *
 * @returns undefined if they tell nothing
 */
export const recognizeInput = async (head: Uint8Array): Promise<string | undefined> => {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  return beginnings.find(({ test }) => test(bytes))?.type ?? (await detectMediaType(head));
};

/**
 * Whether a file may be of one of some types.
 *
 * @param recognized what {@link recognizeInput} tells; a file of which it tells nothing may be of each type whose files have no mark
 */
export const isOneOfTypes = async (recognized: string | undefined, types: readonly string[]): Promise<boolean> => {
  if (recognized !== undefined) {
    return types.some((type) => type === recognized || otherNames[type]?.includes(recognized) === true);
  }
  const marked = await listMarkedTypes();
  return types.some(
    (type) =>
      unmarkedTypes.includes(type) || ![type, ...(otherNames[type] ?? [])].some((name) => marked.includes(name)),
  );
};

const listMarkedTypes = async (): Promise<readonly string[]> => {
  const { supportedMimeTypes } = await import('file-type');
  return [...supportedMimeTypes, ...beginnings.map(({ type }) => type)];
};
