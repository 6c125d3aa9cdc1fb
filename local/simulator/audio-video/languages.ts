import * as z from 'zod';
import type { MadeOutput, PlannedOutput, ServiceJob, ServiceOperation } from '../service/definition.ts';
import {
  accept,
  findRecordingIssue,
  head,
  locale,
  problem,
  recording,
  recordingInputs,
  refuseAt,
  source,
} from './fields.ts';

const transcribeBody = z
  .looseObject({
    ...recording,
    targetLocaleCodes: z.array(locale).optional(),
    captions: z.looseObject({ targetFormats: z.array(z.literal('SRT')).optional() }).optional(),
  })
  .superRefine((body, context) => {
    const issue = findRecordingIssue(body);
    if (issue !== undefined) refuseAt(context, ['audio'], issue);
    // What is spoken in the recordings of the simulator is English.
    if (body.captions !== undefined && body.targetLocaleCodes?.some((target) => !target.startsWith('en-'))) {
      refuseAt(context, ['captions'], 'Caption generation is not supported with translation');
    }
  });

const hosted = (mediaType: string, content?: string): PlannedOutput => ({
  mediaType,
  target: { kind: 'hosted' },
  content,
  label: mediaType,
});

const transcript = (target: string) =>
  hosted('application/json', JSON.stringify({ localeCode: target, segments: [{ start: 0, end: 1, text: 'Hello.' }] }));

const captions = '1\n00:00:00,000 --> 00:00:01,000\nHello.\n';

/** The files of each locale. */
const transcribed = (request: Readonly<Record<string, unknown>>): PlannedOutput[][] => {
  const { targetLocaleCodes = ['en-US'], captions: wanted } = transcribeBody.parse(request);
  return targetLocaleCodes.map((target) => [
    transcript(target),
    ...(wanted === undefined ? [] : [hosted('application/x-subrip', captions)]),
  ]);
};

/** The outputs that were made, by the groups in which they were planned. */
const regroup = (groups: readonly PlannedOutput[][], outputs: readonly MadeOutput[]): MadeOutput[][] => {
  const left = [...outputs];
  return groups.map((group) => left.splice(0, group.length));
};

const errorOf = (group: readonly MadeOutput[]) => group.find(({ error }) => error !== undefined)?.error;

const hasEnded = ({ phase }: ServiceJob): boolean => ['succeeded', 'partially_succeeded'].includes(phase);

/** `POST /v1/transcribe`. A translation that fails names its locale inside the error. */
export const transcribe: ServiceOperation = {
  path: '/v1/transcribe',
  quotas: ['av-transcribe'],
  body: transcribeBody,
  inputs: (request) => recordingInputs(transcribeBody.parse(request)),
  outputs: (request) => transcribed(request).flat(),
  statusPath: '/v1/status/{jobId}',
  accept,
  status: (job) => {
    const { targetLocaleCodes } = transcribeBody.parse(job.request);
    const write = (group: MadeOutput[], index: number) => {
      const [text, subtitles] = group;
      const localeCode = targetLocaleCodes?.[index];
      const error = errorOf(group);
      if (error !== undefined) return { error: { ...problem(error), localeCode } };
      return {
        localeCode,
        destination: { url: text?.url },
        ...(subtitles && { captions: [{ destination: { url: subtitles.url }, format: 'SRT' }] }),
      };
    };
    return writeGroups(job, regroup(transcribed(job.request), job.outputs).map(write));
  },
};

const dubBody = z
  .looseObject({
    ...recording,
    targetLocaleCodes: z.array(locale).optional(),
    transcripts: z.array(z.looseObject({ source, localeCode: locale.optional() })).optional(),
    lipSync: z.boolean().optional(),
  })
  .superRefine((body, context) => {
    const issue = findRecordingIssue(body);
    if (issue !== undefined) refuseAt(context, ['audio'], issue);
    const { targetLocaleCodes = [], transcripts = [] } = body;
    if (targetLocaleCodes.length === 0 && transcripts.length === 0) {
      refuseAt(context, ['targetLocaleCodes'], 'Either target locale codes or transcription is required');
    }
    if (targetLocaleCodes.length > 0 && transcripts.some(({ localeCode }) => localeCode !== undefined)) {
      refuseAt(context, ['targetLocaleCodes'], 'Locale code is not required for edited transcript');
    }
  });

type Dub = z.output<typeof dubBody>;

const targetsOf = ({ targetLocaleCodes = [], transcripts = [] }: Dub): string[] =>
  targetLocaleCodes.length > 0 ? targetLocaleCodes : transcripts.map(({ localeCode = 'es-ES' }) => localeCode);

const dubbed = (body: Dub): PlannedOutput[][] =>
  targetsOf(body).map((target) => [
    hosted('audio/wav'),
    transcript(target),
    ...(body.video === undefined ? [] : [hosted('video/mp4')]),
  ]);

/** `POST /v1/dub`. A locale that fails names itself beside the error. */
export const dub: ServiceOperation = {
  path: '/v1/dub',
  quotas: ['av-dub'],
  body: dubBody,
  inputs: (request) => {
    const body = dubBody.parse(request);
    const texts = (body.transcripts ?? []).map(({ source: { url } }, index) => ({
      path: ['transcripts', index, 'source', 'url'],
      url,
    }));
    return [...recordingInputs(body), ...texts];
  },
  outputs: (request) => dubbed(dubBody.parse(request)).flat(),
  slowness: 3,
  statusPath: '/v1/status/{jobId}',
  accept,
  status: (job) => {
    const body = dubBody.parse(job.request);
    const targets = targetsOf(body);
    const write = (group: MadeOutput[], index: number) => {
      const [track, text, picture] = group;
      const localeCode = targets[index];
      const error = errorOf(group);
      if (error !== undefined) return { localeCode, error: problem(error) };
      const file = ({ mediaType, url }: MadeOutput) => ({ mediaType, destination: { url } });
      return {
        localeCode,
        audio: track && file(track),
        video: picture && file(picture),
        transcript: text && { destination: { url: text.url } },
      };
    };
    return writeGroups(job, regroup(dubbed(body), job.outputs).map(write));
  },
};

/** A job of which every locale failed has no code of its own; one that failed before has nothing else. */
const writeGroups = (job: ServiceJob, outputs: readonly Record<string, unknown>[]): Record<string, unknown> => {
  const isEachFailed = job.phase === 'failed' && job.outputs.length > 0;
  return {
    ...head(job),
    ...((hasEnded(job) || isEachFailed) && { outputs }),
    ...(job.error && !isEachFailed && problem(job.error)),
  };
};
