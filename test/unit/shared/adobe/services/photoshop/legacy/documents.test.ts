import { describe, it } from 'vitest';
import { destination, expectTranslation, input, source, target } from './calls.ts';

describe("a call of Photoshop's first version becomes its successor", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      '/pie/psdService/renditionCreate',
      {
        inputs: [input],
        outputs: [
          { ...target, type: 'vnd.adobe.photoshop', storage: 'azure', overwrite: true, width: 0, maxWidth: 512 },
          { ...target, type: 'image/png', compression: 'small', trimToCanvas: true, layers: [{ id: 3 }] },
          {
            ...target,
            type: 'image/jpeg',
            iccProfile: { imageMode: 'rgb', profileName: 'Adobe RGB (1998)' },
            trimToCanvas: false,
          },
        ],
      },
      {
        image: source,
        outputs: [
          {
            destination: { ...destination, storageType: 'azure' },
            mediaType: 'image/vnd.adobe.photoshop',
            maxWidth: 512,
          },
          {
            destination,
            mediaType: 'image/png',
            compression: 'maximum',
            cropMode: 'document_bounds',
            layers: [{ id: 3 }],
          },
          {
            destination,
            mediaType: 'image/jpeg',
            quality: 'maximum',
            iccProfile: { type: 'standard', name: 'Adobe RGB (1998)', imageMode: 'rgb' },
          },
        ],
      },
    ],
    [
      '/pie/psdService/artboardCreate',
      { options: { artboard: [input, input] }, outputs: [{ ...target, type: 'image/jpeg', quality: 1 }] },
      { images: [source, source], outputs: [{ destination, mediaType: 'image/jpeg', quality: 'low' }] },
    ],
    [
      '/pie/psdService/photoshopActions',
      {
        inputs: [input],
        options: { actions: [{ ...input, actionName: 'Sepia' }], fonts: [input], brushes: [input] },
        outputs: [{ ...target, type: 'image/jpeg', quality: 12 }],
      },
      {
        image: source,
        options: {
          actions: [{ ...source, actionName: 'Sepia' }],
          fontOptions: { additionalFonts: [source] },
          brushes: [source],
        },
        outputs: [{ destination, mediaType: 'image/jpeg', quality: 'photoshop_max' }],
      },
    ],
    [
      '/pie/psdService/actionJSON',
      {
        inputs: [input],
        options: { actionJSON: [{ _obj: 'select' }], additionalImages: [input] },
        outputs: [{ ...target, type: 'image/png', compression: 'large' }],
      },
      {
        image: source,
        options: {
          actions: [{ source: { content: '[{"_obj":"select"}]', contentType: 'application/json' } }],
          additionalContents: [source],
        },
        outputs: [{ destination, mediaType: 'image/png', compression: 'low' }],
      },
    ],
    [
      '/pie/psdService/smartObject',
      {
        inputs: [input],
        options: {
          layers: [
            { name: 'logo', input },
            { input, add: { insertAbove: { id: 7 } }, locked: true, visible: false },
            { input, add: { insertTop: true } },
          ],
        },
        outputs: [{ ...target, type: 'image/png' }],
      },
      {
        image: source,
        edits: {
          layers: [
            {
              operation: { type: 'edit' },
              type: 'smart_object_layer',
              name: 'logo',
              smartObject: { smartObjectFile: source },
            },
            {
              operation: { type: 'add', placement: { type: 'above', referenceLayer: { id: 7 } } },
              type: 'smart_object_layer',
              isVisible: false,
              protection: ['all'],
              smartObject: { smartObjectFile: source },
            },
            {
              operation: { type: 'add', placement: { type: 'top' } },
              type: 'smart_object_layer',
              smartObject: { smartObjectFile: source },
            },
          ],
        },
        outputs: [{ destination, mediaType: 'image/png' }],
      },
    ],
  ])('%s', expectTranslation);
});
