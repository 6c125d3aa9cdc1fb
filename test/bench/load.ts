import { PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { localClients } from '#local/clients.ts';
import type { SimulatorOptions } from '#local/simulator/simulator.ts';
import type { StackDescription } from '#local/stack.ts';
import type { StackChanges } from '#local/stack-settings.ts';
import type { LoadedLane } from './lane-figures.ts';

/** A request that makes a job. */
interface LoadRequest {
  path: string;
  body: object;
}

/** What a run sends, and the stack that it takes. */
export interface Load {
  /** The services that are on beside Firefly. */
  services: readonly string[];
  settings: StackChanges;
  simulator: SimulatorOptions;
  /** The lanes that are measured, by their names. */
  lanes: Readonly<Record<string, LoadedLane>>;
  /** Puts inputs where requests name them. */
  prepare(stack: StackDescription, callers: readonly string[]): Promise<void>;
  /** The requests of a caller, in turn. */
  list(stack: StackDescription, caller: string): LoadRequest[];
}

const pressImage = (prompt: string): LoadRequest => ({
  path: '/v3/images/generate-async',
  body: { prompt, size: { width: 1024, height: 1024 } },
});

/** Images by Firefly alone. */
export const fireflyLoad: Load = {
  services: [],
  settings: {},
  simulator: {},
  lanes: {},
  prepare: async () => {},
  list: () => [pressImage('tulips, row 1'), pressImage('tulips, row 2')],
};

/** Images by Firefly at so many requests a minute. */
export const createBurstLoad = (requestsPerMinute: number): Load => ({
  ...fireflyLoad,
  settings: { requestsPerMinute },
  simulator: { requestsPerMinute },
  lanes: { firefly: { paths: ['/v3/images/generate-async'], seconds: 60, hard: requestsPerMinute } },
});

/** Which operation each lane's jobs are of, beside Firefly's. */
const paths = {
  photoshop: '/v2/edit',
  'remove-background': '/v2/remove-background',
  masking: '/v1/mask-objects',
  'av-speech': '/v1/generate-speech',
  illustrator: '/v1/trace-image',
};

const hard = 3;

const inputKey = (caller: string): string => `inbox/${caller}/input.png`;

/**
 * Jobs of six lanes of five services in turn, each lane of three requests in so many seconds; Firefly's, whose window is a minute, has
 * the same rate.
 */
export const createMixedLoad = (seconds: number): Load => {
  const busy = (...names: (keyof typeof paths)[]) => ({
    lanes: Object.fromEntries(names.map((name) => [name, { windows: [{ seconds, hard }] }])),
  });
  const requestsPerMinute = Math.max(1, Math.floor((60 * hard) / seconds));
  return {
    services: ['photoshop', 'image', 'audio-video', 'illustrator'],
    settings: {
      requestsPerMinute,
      // Executions of six lanes that wait for their submit times in the process, each in a sandbox of its own.
      generateConcurrency: 8,
      thumbnails: false,
      services: {
        photoshop: busy('photoshop'),
        image: busy('remove-background', 'masking'),
        'audio-video': busy('av-speech'),
        illustrator: busy('illustrator'),
      },
    },
    simulator: {
      requestsPerMinute,
      quotas: Object.fromEntries(Object.keys(paths).map((name) => [name, { windows: [{ seconds, limit: hard }] }])),
    },
    lanes: {
      firefly: { paths: ['/v3/images/generate-async'], seconds: 60, hard: requestsPerMinute },
      ...Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, { paths: [path], seconds, hard }])),
    },
    prepare: prepareInputs,
    list: listMixed,
  };
};

const prepareInputs: Load['prepare'] = async (stack, callers) => {
  const { s3 } = localClients(stack);
  const Body = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  for (const caller of callers) {
    await s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: inputKey(caller), Body }));
  }
  s3.destroy();
};

const listMixed: Load['list'] = ({ bucket }, caller) => {
  const image = { source: { url: `s3://${bucket}/${inputKey(caller)}` } };
  const script = { text: 'A text of fifteen or more characters.', mediaType: 'text/plain', localeCode: 'en-US' };
  const outputs = [{ destination: { validityPeriod: 3_600 }, mediaType: 'image/jpeg' }];
  return [
    pressImage('tulips'),
    { path: paths.photoshop, body: { image, edits: { autoTone: true }, outputs } },
    { path: paths['remove-background'], body: { image } },
    { path: paths.masking, body: { image } },
    { path: paths['av-speech'], body: { script, voiceId: 'v123', output: { mediaType: 'audio/wav' } } },
    {
      path: paths.illustrator,
      body: { input: { ...image, mediaType: 'image/png' }, settings: { preset: 'enhanced_general' } },
    },
  ];
};
