import type { EndedCall } from './call.ts';
import { documentCalls } from './documents.ts';
import { lightroomCalls } from './lightroom.ts';

/** The calls that Adobe has ended and that no other call answers in the same way. */
export const endedCalls: readonly EndedCall[] = [
  {
    path: '/pie/psdService/documentCreate',
    advice: 'POST /v2/create-composite makes documents; its layers are described in another way.',
  },
  {
    path: '/pie/psdService/documentOperations',
    advice: 'POST /v2/create-composite changes documents; its layers are described in another way.',
  },
  {
    path: '/pie/psdService/documentManifest',
    advice: 'POST /v2/generate-manifest makes manifests; they are files with other names in them.',
  },
  {
    path: '/pie/psdService/text',
    advice: 'POST /v2/create-composite changes text layers, by `edits.layers[].text`.',
  },
  {
    path: '/pie/psdService/productCrop',
    advice: 'POST /v2/execute-actions runs the action that Adobe prints in its migration guide for it.',
  },
  {
    path: '/pie/psdService/actionJsonCreate',
    advice: 'Nothing replaces it: POST /v2/execute-actions takes action files as they are.',
  },
  { path: '/pie/psdService/depthBlur', advice: 'Nothing replaces it.' },
  { path: '/sensei/cutout', advice: 'POST /v2/remove-background with the mode cutout replaces it.' },
  { path: '/sensei/mask', advice: 'POST /v2/remove-background with the mode mask replaces it.' },
];

/** Where Lightroom's jobs were followed. */
export const lightroomStatusPath = '/lrService/status/{jobId}';
/** Where the jobs of Photoshop's first version were followed. */
export const documentStatusPath = '/pie/psdService/status/{jobId}';

/** Every path of the ended calls. */
export const legacyPaths: readonly string[] = [
  ...[...lightroomCalls, ...documentCalls, ...endedCalls].map(({ path }) => path),
  lightroomStatusPath,
  documentStatusPath,
];
