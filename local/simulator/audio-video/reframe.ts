import * as z from 'zod';
import { json } from '../http/answer.ts';
import type { PlannedOutput, ServiceJob, ServiceOperation } from '../service/definition.ts';
import { accept, head, problem, refuseAt, source, typedInput } from './fields.ts';

const time = z.string().regex(/^\d\d:\d\d:\d\d:\d\d\d?$/, 'must be HH:MM:SS:FF');
const anchor = z.enum(['top_left', 'top_right', 'bottom_left', 'bottom_right', 'center']);

const v1Body = z.looseObject({
  video: z.looseObject({ source, mediaType: z.enum(['video/mp4', 'video/quicktime']) }),
  sceneEditDetection: z.boolean().optional(),
  overlays: z
    .array(
      z.looseObject({
        source,
        mediaType: z.enum(['image/gif', 'image/png', 'image/jpeg']),
        startTime: time,
        duration: time,
        scale: z.looseObject({ width: z.int(), height: z.int() }),
        position: z.looseObject({ anchorPoint: anchor, offsetX: z.int(), offsetY: z.int() }),
        repeat: z.enum(['loop', 'once']).optional(),
      }),
    )
    .optional(),
  outputConfig: z.looseObject({ aspectRatios: z.array(z.string().regex(/^\d+:\d+$/)).min(1) }),
});

/** A reframed job of which every output failed has no code of its own. */
const writeOutputs = (job: ServiceJob, outputs: readonly Record<string, unknown>[]): Record<string, unknown> => {
  const isOver = ['succeeded', 'partially_succeeded'].includes(job.phase);
  const isEachFailed = job.phase === 'failed' && job.outputs.length > 0;
  return {
    ...head(job),
    ...((isOver || isEachFailed) && { outputs }),
    ...(job.error && !isEachFailed && problem(job.error)),
  };
};

/** `POST /v1/reframe`. */
export const reframe: ServiceOperation = {
  path: '/v1/reframe',
  quotas: ['av-reframe'],
  body: v1Body,
  inputs: (request) => {
    const { video, overlays = [] } = v1Body.parse(request);
    return [
      typedInput(['video', 'source', 'url'], video.source.url, video.mediaType),
      ...overlays.map((overlay, index) => ({
        path: ['overlays', index, 'source', 'url'],
        url: overlay.source.url,
        mediaTypes: [overlay.mediaType],
      })),
    ];
  },
  outputs: (request) =>
    v1Body.parse(request).outputConfig.aspectRatios.map((ratio) => ({
      mediaType: 'video/mp4',
      target: { kind: 'hosted' },
      label: ratio,
    })),
  statusPath: '/v1/status/{jobId}',
  accept,
  status: (job) => {
    const { aspectRatios } = v1Body.parse(job.request).outputConfig;
    const write = ({ url, error }: ServiceJob['outputs'][number], index: number) => {
      const aspectRatio = aspectRatios[index];
      return error === undefined ? { destination: { url }, aspectRatio } : { error: problem(error), aspectRatio };
    };
    return writeOutputs(job, job.outputs.map(write));
  },
};

const destination = z.looseObject({ url: z.string() });

const rendition = z
  .looseObject({
    aspectRatio: z.looseObject({ x: z.int().min(1), y: z.int().min(1) }).optional(),
    resolution: z.looseObject({ width: z.int().min(1), height: z.int().min(1) }).optional(),
    mediaDestination: destination.optional(),
    sidecarDestination: destination.optional(),
  })
  .superRefine(({ aspectRatio, resolution }, context) => {
    if ((aspectRatio === undefined) === (resolution === undefined)) {
      refuseAt(context, ['aspectRatio'], 'exactly one of aspectRatio and resolution is required');
    }
  });

const v2Body = z.looseObject({
  video: z.looseObject({ source }),
  analysis: z
    .looseObject({
      sceneEditDetection: z.boolean().optional(),
      focalPoints: z
        .array(
          z
            .string()
            .max(1000)
            .regex(/^[\w\s-]+$/),
        )
        .max(10)
        .optional(),
    })
    .optional(),
  composition: z
    .looseObject({
      overlays: z
        .array(
          z.looseObject({
            source: source.optional(),
            startTime: time.optional(),
            duration: time.optional(),
            position: z.looseObject({ anchorPoint: anchor.optional() }).optional(),
            repeat: z.enum(['stop_on_last_frame', 'loop', 'time_stretch']).nullish(),
          }),
        )
        .optional(),
    })
    .optional(),
  output: z.looseObject({
    format: z
      .looseObject({ media: z.enum(['none', 'mp4', 'mov', 'source']), sidecar: z.enum(['json', 'otio']).optional() })
      .optional(),
    renditions: z.array(rendition).min(1),
  }),
});

/** The files of each rendition: the video, and its sidecar. */
const renditionFiles = ({ output }: z.output<typeof v2Body>): PlannedOutput[][] => {
  const { media = 'source', sidecar } = output.format ?? {};
  const target = (to: { url: string } | undefined): PlannedOutput['target'] =>
    to === undefined ? { kind: 'hosted' } : { kind: 'put', url: to.url };
  return output.renditions.map((each) => [
    ...(media === 'none'
      ? []
      : [
          {
            mediaType: 'video/mp4',
            target: target(each.mediaDestination),
            label: JSON.stringify(each.aspectRatio ?? each.resolution),
          },
        ]),
    ...(sidecar === undefined
      ? []
      : [{ mediaType: 'application/json', target: target(each.sidecarDestination), content: '{"tracks":[]}' }]),
  ]);
};

/** `POST /v2/reframe`: its status URL is under `/v1` for every second job, as Adobe's sample has it. */
export const reframeV2: ServiceOperation = {
  path: '/v2/reframe',
  quotas: ['av-reframe'],
  body: v2Body,
  inputs: (request) => {
    const { video, composition } = v2Body.parse(request);
    return [
      { path: ['video', 'source', 'url'], url: video.source.url, mediaTypes: ['video/mp4', 'video/quicktime'] },
      ...(composition?.overlays ?? []).flatMap((overlay, index) =>
        overlay.source === undefined
          ? []
          : [{ path: ['composition', 'overlays', index, 'source', 'url'], url: overlay.source.url }],
      ),
    ];
  },
  outputs: (request) => renditionFiles(v2Body.parse(request)).flat(),
  statusPath: '/v2/status/{jobId}',
  otherStatusPaths: ['/v1/status/{jobId}'],
  accept: ({ jobId, isOdd }, { statusUrl, base }) =>
    json(202, { jobId, statusUrl: isOdd ? `${base}/v1/status/${jobId}` : statusUrl }),
  status: (job) => {
    const left = [...job.outputs];
    const outputs = renditionFiles(v2Body.parse(job.request)).map((group) => {
      const made = left.splice(0, group.length);
      const error = made.find((each) => each.error !== undefined)?.error;
      if (error !== undefined) return { error: problem(error) };
      return Object.assign(
        {},
        ...made.map(({ url, mediaType }) =>
          mediaType === 'video/mp4' ? { destination: { url } } : { sidecarDestination: { url } },
        ),
      );
    });
    return writeOutputs(job, outputs);
  },
};
