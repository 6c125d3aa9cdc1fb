import { pictureTypes } from '../input-types.ts';
import type { AdobeService } from '../service.ts';
import { taggingDialect } from './dialect.ts';
import { engines } from './engines.ts';
import { predict } from './predict.ts';

/** Adobe Content Tagging: keywords of texts, colours of images and text in them, at once in the answer. */
export const contentTagging: AdobeService = {
  id: 'content-tagging',
  title: 'Content Tagging',
  baseUrl: 'https://sensei.adobe.io',
  product: 'Content Tagging - Firefly Services',
  // Adobe's guide requires it, and its examples leave it out.
  organizationHeader: 'x-gw-ims-org-id',
  // Adobe prints no limit: this is a cautious one, and a setting.
  lanes: [{ name: 'content-tagging', windows: [{ seconds: 60, hard: 60 }] }],
  inputs: 'presigned-get',
  // Engines that Adobe does not document may take other pictures and videos.
  inputTypes: [...Object.values(engines).flatMap(({ formats }) => formats), ...pictureTypes, 'video/mp4', 'video/mov'],
  outputs: 'hosted',
  dialect: taggingDialect,
  // The gateway's own: Adobe has none.
  statusPath: '/services/v2/predict/{jobId}',
  operations: [predict],
};
