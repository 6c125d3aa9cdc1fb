/** Whether thumbnails are made of files of a media type. */
export const hasThumbnails = (contentType: string): boolean => /^image\/(jpeg|png|webp)\b/.test(contentType);

// What is not called by the last part of its media type.
const names: Readonly<Record<string, string>> = {
  'application/octet-stream': 'File',
  'application/x-indesign': 'INDD',
  'application/zip': 'ZIP',
  'image/svg+xml': 'SVG',
  'image/vnd.adobe.photoshop': 'PSD',
  'image/x-adobe-dng': 'DNG',
  'text/plain': 'Text',
  'video/quicktime': 'MOV',
};

const kinds: Readonly<Record<string, string>> = { video: 'Video', audio: 'Audio' };

/** What kind of file an output is, for people: `Video (MP4)`, `TIFF`. */
export const nameFile = (contentType: string): string => {
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const [type = '', subtype = ''] = mediaType.split('/');
  const format = names[mediaType] ?? subtype.replace(/^(x-|vnd\.)/, '').toUpperCase();
  return kinds[type] === undefined ? format : `${kinds[type]} (${format})`;
};
