import { artworkTypes, fontTypes, type InputTypes, pictureTypes, rawTypes } from '../input-types.ts';

// Adobe: JPEG, PNG, WebP, TIFF, PSD, DNG and camera raw for edits; what other operations open is not printed.
const documents = [...pictureTypes, ...rawTypes, 'image/vnd.adobe.photoshop', 'image/heic', 'image/avif'];
const placed = [...documents, ...artworkTypes];

/** What Photoshop takes in each place of its requests. */
export const photoshopInputTypes: InputTypes = {
  image: documents,
  'image.iccProfile': ['application/vnd.iccprofile'],
  'images[]': documents,
  'edits.layers[]': placed,
  'edits.presets[]': ['application/rdf+xml', 'text/plain'],
  'edits.xmp': ['application/rdf+xml', 'text/plain'],
  'edits.xmp.masks[]': documents,
  'options.actions[]': ['application/x-photoshop-actions', 'application/json'],
  'options.uxp': ['text/javascript', 'application/zip'],
  'options.additionalContents[]': placed,
  'options.brushes[]': ['application/x-photoshop-brushes'],
  'options.patterns[]': ['application/x-photoshop-patterns'],
  'options.fontOptions': fontTypes,
  fontOptions: fontTypes,
  'outputs[]': ['application/vnd.iccprofile'],
};
