import * as z from 'zod';
import { bodyOf, flags, readBody } from './fields.ts';
import { tellingData } from './operation.ts';

const kind = z.looseObject({ ...flags('enabled') }).optional();

const kinds = { pageInfo: kind, linkInfo: kind, fontInfo: kind, pageItemInfo: kind, textStoryInfo: kind };

const infoParams = z.looseObject({ targetDocument: z.string(), ...kinds });

/** A document whose name begins so has more to tell than a status body holds. */
const largeDocument = /^large/;

const tellDocument = (body: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const params = infoParams.parse(readBody(body).params);
  const has = (name: keyof typeof kinds) => params[name]?.enabled ?? name === 'pageInfo';
  const pages = largeDocument.test(params.targetDocument) ? 6_000 : 3;
  return {
    numSpreads: pages,
    numPages: pages,
    hiddenSpreads: 0,
    ...(has('pageInfo') && {
      pageInfo: {
        items: Array.from({ length: pages }, (_, index) => ({
          spreadIndex: index,
          pages: [{ pageName: `${index + 1}` }],
        })),
      },
    }),
    ...(has('linkInfo') && { linkInfo: { items: [{ linkId: 406, status: 'link_missing', linkName: 'image1.jpg' }] } }),
    ...(has('fontInfo') && { fontInfo: { items: [{ postscriptName: 'MinionPro-Regular', available: true }] } }),
    ...(has('pageItemInfo') && { pageItemInfo: { items: [{ type: 'TextFrame', itemId: 255 }], layers: [] } }),
    ...(has('textStoryInfo') && { textStoryInfo: { items: [{ storyId: 237, textOnPath: false }] } }),
  };
};

/** `POST /v3/document-info`. */
export const documentInfo = tellingData(
  { path: '/v3/document-info', body: bodyOf({ targetDocument: z.string(), ...kinds }) },
  tellDocument,
);

/** `POST /v3/merge-data-tags`. */
export const mergeDataTags = tellingData(
  {
    path: '/v3/merge-data-tags',
    body: bodyOf({
      targetDocument: z.string(),
      dataSource: z.string().optional(),
      filter: z.array(z.enum(['all', 'text', 'image', 'qr'])).optional(),
      ...flags('includePageItemIdentifiers'),
    }),
  },
  () => ({
    tags: [
      { tagName: 'Name', tagType: 'text' },
      { tagName: 'Photo', tagType: 'image' },
    ],
  }),
);
