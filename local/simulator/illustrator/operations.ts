import * as z from 'zod';
import { json } from '../http/answer.ts';
import type { ServiceOperation } from '../service/definition.ts';
import { writeStatus } from './status.ts';

const source = z.looseObject({ url: z.string() });

const maxBytes = 1024 ** 3;

const shared: Pick<ServiceOperation, 'quotas' | 'statusPath' | 'accept'> = {
  quotas: ['illustrator'],
  statusPath: '/v1/status/{jobId}',
  accept: ({ jobId }, { statusUrl }) => json(202, { jobId, statusUrl }),
};

const renditionBody = z
  .looseObject({
    input: z.looseObject({ source, mediaType: z.enum(['application/illustrator']).optional() }),
    output: z.looseObject({
      mediaType: z.enum([
        'image/png',
        'image/jpeg',
        'image/webp',
        'image/svg+xml',
        'application/pdf',
        'application/eps',
      ]),
    }),
    settings: z.looseObject({
      documentLevel: z.union([z.literal(0), z.literal(1)]),
      artboardRange: z.string().optional(),
      resolution: z.int().min(4).max(2_400).optional(),
    }),
  })
  .refine(({ settings }) => settings.documentLevel === 1 || settings.artboardRange !== undefined, {
    path: ['settings', 'artboardRange'],
    error: 'artboardRange is required when documentLevel is 0',
  });

const countArtboards = (range: string): number =>
  range.split(',').reduce((count, part) => {
    const [first = 1, last = first] = part.split('-').map(Number);
    return count + last - first + 1;
  }, 0);

/** `POST /v1/create-rendition`. */
export const createRendition: ServiceOperation = {
  ...shared,
  path: '/v1/create-rendition',
  body: renditionBody,
  inputs: (body) => [{ path: ['input', 'source', 'url'], url: renditionBody.parse(body).input.source.url, maxBytes }],
  outputs: (body) => {
    const { output, settings } = renditionBody.parse(body);
    const { documentLevel, artboardRange = '1' } = settings;
    return Array.from({ length: documentLevel === 1 ? 1 : countArtboards(artboardRange) }, (_, index) => ({
      mediaType: output.mediaType,
      target: { kind: 'hosted' },
      label: `artboard ${index + 1}`,
    }));
  },
  status: (job) => writeStatus(job, false),
};

const mergeBody = z.looseObject({
  data: z.looseObject({ source }),
  template: z.looseObject({ source }),
  fontFiles: z.array(z.looseObject({ source, mediaType: z.enum(['font/ttf', 'font/otf']) })).optional(),
  settings: z
    .looseObject({
      fontSettings: z
        .looseObject({
          autoReduceFontSizeToFit: z.boolean().optional(),
          minFontSize: z.number().positive().optional(),
          fallBackFont: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  output: z.looseObject({
    fileName: z.string(),
    mediaType: z.enum([
      'image/png',
      'image/jpeg',
      'application/pdf',
      'image/svg+xml',
      'application/illustrator',
      'application/eps',
    ]),
  }),
});

/** As many rows as any file of data has that the simulator is given. */
const rows = 3;

/** `POST /v1/merge-data`. */
export const mergeData: ServiceOperation = {
  ...shared,
  path: '/v1/merge-data',
  body: mergeBody,
  inputs: (body) => {
    const { data, template, fontFiles = [] } = mergeBody.parse(body);
    return [
      { path: ['data', 'source', 'url'], url: data.source.url, maxBytes },
      { path: ['template', 'source', 'url'], url: template.source.url, maxBytes },
      ...fontFiles.map((font, index) => ({
        path: ['fontFiles', index, 'source', 'url'],
        url: font.source.url,
        maxBytes,
      })),
    ];
  },
  outputs: (body) => {
    const { output } = mergeBody.parse(body);
    return Array.from({ length: rows }, (_, index) => ({
      mediaType: output.mediaType,
      target: { kind: 'hosted' },
      label: `${output.fileName}, row ${index + 1}`,
    }));
  },
  status: (job) => writeStatus(job, true),
};

const pictures = ['image/png', 'image/jpeg'] as const;

const traceBody = z.looseObject({
  input: z.looseObject({ source, mediaType: z.enum(pictures) }),
  settings: z.strictObject({ preset: z.enum(['enhanced_general', 'high_fidelity_photo']).optional() }).optional(),
});

/** `POST /v1/trace-image`; its status has a path of its own. */
export const traceImage: ServiceOperation = {
  ...shared,
  path: '/v1/trace-image',
  statusPath: '/v1/status/{jobId}/image-trace',
  body: traceBody,
  inputs: (body) => [
    {
      path: ['input', 'source', 'url'],
      url: traceBody.parse(body).input.source.url,
      domains: undefined,
      mediaTypes: pictures,
      maxBytes,
    },
  ],
  outputs: () => [{ mediaType: 'image/svg+xml', target: { kind: 'hosted' }, label: 'traced' }],
  status: (job) => writeStatus(job, false),
};
