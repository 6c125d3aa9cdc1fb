import { documentCalls } from './documents.ts';
import { endedCalls } from './ended.ts';
import { lightroomCalls } from './lightroom.ts';

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
