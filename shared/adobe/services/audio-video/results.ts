import * as z from 'zod';
import { once } from '../../../once.ts';
import type { Reason, ResultShape } from '../outputs.ts';
import { type TemplateOptions, templateResult } from '../result-template.ts';

const file = once(() => z.looseObject({ destination: z.object({ url: z.url() }) }));
/** What a status body says of the job itself; a render that was done in part has a URL at Adobe besides, for trying the rest again. */
const jobMembers = [
  ...['jobId', 'status', 'error_code', 'message', 'percentCompleted'],
  ...['statusUrl', 'cancelUrl', 'retryPayloadUrl'],
];

const audioVideoResult = (options: TemplateOptions): ResultShape =>
  templateResult({ omitted: jobMembers, writeError: (error) => ({ error: toProblem(error) }), ...options });

const toProblem = ({ code, message }: Reason) => ({ error_code: code, message });

const problem = once(() => z.looseObject({ error_code: z.string(), message: z.string() }));

/** `output.destination.url`; its documentation of 2025 had `output.url` (Adobe: speech, avatars). */
export const oneFile = (mediaType: string): ResultShape =>
  audioVideoResult({
    schema: () => z.object({ output: file() }),
    outputs: ['output.destination.url', 'output.url'],
    mediaType,
  });

/** One file for each aspect ratio or rendition, or its error (Adobe: both versions of reframe). */
export const fileForEach = audioVideoResult({
  schema: once(() => z.object({ outputs: z.array(z.union([file(), z.looseObject({ error: problem() })])) })),
  outputs: [
    'outputs[].destination.url',
    'outputs[].mediaDestination.url',
    'outputs[].sidecarDestination.url',
    'outputs[].url',
  ],
  // A job that has failed has its errors one level deeper.
  errors: ['outputs[].error', 'outputs.renditions[].error'],
  required: ['outputs[]'],
});

/** The files of each locale, or its error (Adobe: transcribe, dub). */
export const filesByLocale = audioVideoResult({
  schema: once(() =>
    z.object({
      outputs: z.array(
        z.looseObject({
          localeCode: z.string().optional(),
          destination: file().shape.destination.optional(),
          captions: z.array(z.looseObject({ destination: file().shape.destination, format: z.string() })).optional(),
          audio: file().optional(),
          video: file().optional(),
          transcript: file().optional(),
          error: problem().optional(),
        }),
      ),
    }),
  ),
  outputs: [
    'outputs[].destination.url',
    'outputs[].url',
    'outputs[].captions[].destination.url',
    // The names of Adobe's examples, and those of its schema.
    ...['audio', 'video', 'transcript', 'audioOutput', 'videoOutput', 'transcriptOutput'].map(
      (name) => `outputs[].${name}.destination.url`,
    ),
  ],
  errors: ['outputs[].error'],
});

/** The videos of a render, and the errors of those that could not be made (Adobe: `POST /v1/templates/render`). */
export const renderedFiles = audioVideoResult({
  schema: once(() =>
    z.object({
      outputs: z.array(file().extend({ variationIndex: z.int(), presetIndex: z.int() })),
      errors: z.array(z.looseObject({ variationIndex: z.int(), presetIndex: z.int(), error: problem() })).optional(),
    }),
  ),
  outputs: ['outputs[].destination.url', 'outputs[].sidecarDestination.url'],
  errors: ['outputs[].error', 'errors[].error'],
});

/**
 * A description, which stands in the answer itself (Adobe: `POST /v1/templates/describe`); `output.url` is the gateway's own, for one
 * that is too long for that.
 */
export const description = audioVideoResult({
  schema: once(() =>
    z.object({
      output: z.looseObject({ fonts: z.array(z.unknown()), elements: z.array(z.unknown()), url: z.url() }).partial(),
    }),
  ),
  outputs: [],
  embedded: [{ at: 'output', encoding: 'json', contentType: 'application/json' }],
});
