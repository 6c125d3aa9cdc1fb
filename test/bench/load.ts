import { PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { localClients } from '#local/clients.ts';
import type { SimulatorOptions } from '#local/simulator/simulator.ts';
import type { StackDescription } from '#local/stack.ts';
import type { StackChanges } from '#local/stack-settings.ts';

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
  prepare: async () => {},
  list: () => [pressImage('tulips, row 1'), pressImage('tulips, row 2')],
};

// Small windows, so that each lane is full again and again.
const windows = [{ seconds: 2, hard: 6 }];
const lanes = ['photoshop', 'remove-background', 'masking', 'av-speech', 'illustrator'];
const busy = (...names: string[]) => ({ lanes: Object.fromEntries(names.map((name) => [name, { windows }])) });

const inputKey = (caller: string): string => `inbox/${caller}/input.png`;

/** Jobs of six lanes of five services in turn, under windows of two seconds. */
export const mixedLoad: Load = {
  services: ['photoshop', 'image', 'audio-video', 'illustrator'],
  settings: {
    services: {
      photoshop: busy('photoshop'),
      image: busy('remove-background', 'masking'),
      'audio-video': busy('av-speech'),
      illustrator: busy('illustrator'),
    },
  },
  simulator: {
    quotas: Object.fromEntries(lanes.map((name) => [name, { windows: [{ seconds: 2, limit: 6 }] }])),
  },
  prepare: async (stack, callers) => {
    const { s3 } = localClients(stack);
    const Body = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    for (const caller of callers) {
      await s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: inputKey(caller), Body }));
    }
    s3.destroy();
  },
  list: ({ bucket }, caller) => {
    const image = { source: { url: `s3://${bucket}/${inputKey(caller)}` } };
    const script = { text: 'A text of fifteen or more characters.', mediaType: 'text/plain', localeCode: 'en-US' };
    const outputs = [{ destination: { validityPeriod: 3_600 }, mediaType: 'image/jpeg' }];
    return [
      pressImage('tulips'),
      { path: '/v2/edit', body: { image, edits: { autoTone: true }, outputs } },
      { path: '/v2/remove-background', body: { image } },
      { path: '/v1/mask-objects', body: { image } },
      { path: '/v1/generate-speech', body: { script, voiceId: 'v123', output: { mediaType: 'audio/wav' } } },
      {
        path: '/v1/trace-image',
        body: { input: { ...image, mediaType: 'image/png' }, settings: { preset: 'enhanced_general' } },
      },
    ];
  },
};
