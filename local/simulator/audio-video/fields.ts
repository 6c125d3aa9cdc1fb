import * as z from 'zod';
import { json } from '../http/answer.ts';
import type { ServiceJob, ServiceOperation, SimulatedInput } from '../service/definition.ts';

/** Adobe: `usage`, language support. */
export const locale = z.enum(
  (
    'da-DK de-DE en-GB en-IN en-US es-419 es-AR es-ES fr-CA fr-FR hi-IN it-IT ja-JP ko-KR nb-NO nl-NL pt-BR pt-PT sv-SE ' +
    'zh-CN'
  ).split(' '),
);

/** A file by its URL. */
export const source = z.looseObject({ url: z.string().min(1, 'Source URL cannot be empty') });

/** What bytes may be for each media type that a request names. */
const sameTypes: Readonly<Record<string, readonly string[]>> = {
  'audio/mp3': ['audio/mpeg', 'audio/mp3'],
  'audio/mpeg': ['audio/mpeg', 'audio/mp3'],
  'audio/wav': ['audio/wav'],
  'audio/x-m4a': ['audio/x-m4a', 'audio/mp4'],
  'audio/aac': ['audio/aac'],
  'video/mp4': ['video/mp4'],
  'video/mov': ['video/quicktime'],
  'video/quicktime': ['video/quicktime'],
  'video/x-msvideo': ['video/vnd.avi', 'video/x-msvideo'],
  'video/x-matroska': ['video/matroska', 'video/x-matroska', 'video/webm'],
};

/** An input whose bytes must be what the request says that they are. */
export const typedInput = (path: SimulatedInput['path'], url: string, mediaType: string): SimulatedInput => ({
  path,
  url,
  mediaTypes: sameTypes[mediaType],
});

const audio = z.looseObject({
  source,
  mediaType: z.enum(
    ['audio/mp3', 'audio/wav', 'audio/mpeg', 'audio/x-m4a', 'audio/aac'],
    'Unsupported audio media type',
  ),
});

const video = z.looseObject({
  source,
  mediaType: z.enum(
    ['video/mp4', 'video/mov', 'video/quicktime', 'video/x-msvideo', 'video/x-matroska'],
    'Unsupported video media type',
  ),
});

/** An audio or a video, and not both. */
export const recording = { audio: audio.optional(), video: video.optional() };

/** What is wrong with the recording of a request. */
export const findRecordingIssue = (body: { audio?: unknown; video?: unknown }): string | undefined => {
  if (body.audio !== undefined && body.video !== undefined)
    return 'Cannot provide both video and audio input simultaneously';
  return body.audio === undefined && body.video === undefined ? 'Input source URL cannot be blank' : undefined;
};

/** The input of a recording. */
export const recordingInputs = (body: z.output<z.ZodObject<typeof recording>>): SimulatedInput[] =>
  (['audio', 'video'] as const).flatMap((name) => {
    const given = body[name];
    return given === undefined ? [] : [typedInput([name, 'source', 'url'], given.source.url, given.mediaType)];
  });

/** How a job is accepted. */
export const accept: ServiceOperation['accept'] = ({ jobId }, { statusUrl }) => json(202, { jobId, statusUrl });

/** An error as status bodies have it. */
export const problem = ({ code, message }: { code: string; message: string }) => ({ error_code: code, message });

/** What every status body says. */
export const head = ({ jobId, phase }: ServiceJob) => ({ jobId, status: phase });

/** The status of a job with one output; the documentation of 2025 has its URL one level higher. */
export const statusOfOne = (job: ServiceJob): Record<string, unknown> => {
  const [output] = job.outputs;
  return {
    ...head(job),
    ...(job.phase === 'succeeded' && {
      output: job.isOdd ? { url: output?.url } : { destination: { url: output?.url } },
    }),
    ...(job.error && problem(job.error)),
  };
};

/** Adds an issue where a rule between fields is broken. */
export const refuseAt = (context: z.core.$RefinementCtx, path: (string | number)[], message: string): void => {
  context.addIssue({ code: 'custom', path, message, input: undefined });
};
