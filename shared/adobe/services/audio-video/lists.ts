import * as z from 'zod';
import { once } from '../../../once.ts';
import type { ListDefinition } from '../list.ts';

// Adobe: 50 requests a minute for each of these lists, by the whole organization. They change rarely, and the URLs of samples in
// them are signed for longer.
const cacheSeconds = 300;

const text = once(() => z.string().optional());

/** Adobe: `GET /v1/voices`. */
export const voices: ListDefinition = {
  path: '/v1/voices',
  title: 'Voices that can speak a text',
  choices: { items: 'voices', value: 'voiceId', label: 'displayName' },
  cacheSeconds,
  body: once(() =>
    z.looseObject({
      voices: z.array(
        z.looseObject({
          voiceId: text().meta({ description: 'For `voiceId` of a request' }),
          displayName: text(),
          gender: text(),
          style: text(),
          status: text().meta({ description: '`Inactive` voices cannot be used any more' }),
          sampleURL: text().meta({ description: "A sample, at Adobe's storage" }),
        }),
      ),
    }),
  ),
};

/** Adobe: `GET /v1/avatars`. */
export const avatars: ListDefinition = {
  path: '/v1/avatars',
  title: 'Avatars that can speak in a video',
  choices: { items: 'avatars', value: 'avatarId', label: 'displayName' },
  cacheSeconds,
  body: once(() =>
    z.looseObject({
      avatars: z.array(
        z.looseObject({
          avatarId: text().meta({ description: 'For `avatarId` of a request' }),
          displayName: text(),
          gender: text(),
          status: text().meta({ description: '`Inactive` avatars cannot be used any more' }),
          voiceId: text().meta({ description: 'The voice that is meant for it' }),
        }),
      ),
    }),
  ),
};

/** Adobe: `GET /v1/presets`. */
const presets: ListDefinition = {
  path: '/v1/presets',
  title: 'Export presets for renders of templates',
  cacheSeconds,
  body: once(() =>
    z.looseObject({
      items: z.array(
        z.looseObject({
          presetId: text().meta({ description: 'For `presets[].source.presetId` of a render' }),
          label: text(),
          mediaType: text(),
          codec: text(),
        }),
      ),
    }),
  ),
};

/** What can be chosen from in requests. */
export const audioVideoLists: readonly ListDefinition[] = [voices, avatars, presets];
