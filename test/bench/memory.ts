import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { localClients } from '#local/clients.ts';
import { type StackDescription, startStack } from '#local/stack.ts';
import { type StackChanges, stackNames } from '#local/stack-settings.ts';
import { bundleFunction } from '#test/fixtures/bundled-functions.ts';

/** Memory of the bundled generate function while it stores one large output, in MB (1024 x 1024 bytes). */
export interface MemoryFigures {
  outputMb: number;
  idleMb: number;
  peakMb: number;
  aboveIdleMb: number;
  /** Requests for outputs that Adobe hosts. */
  downloads: number;
}

const mb = 1024 * 1024;

/** What is stored, and from what. */
interface LargeJob {
  outputMb: number;
  services: readonly string[];
  settings?: StackChanges;
  path: string;
  /** Puts the input there, if it has one. */
  prepare(stack: StackDescription): Promise<void>;
  body(stack: StackDescription): object;
}

/** An image of Firefly's. */
const largeImage: LargeJob = {
  outputMb: 200,
  services: [],
  path: '/v3/images/generate-async',
  prepare: async () => {},
  body: () => ({ prompt: 'a very large picture' }),
};

const inputKey = 'inbox/local/large.psd';

/** A Photoshop file of 5 GB, and an output of 1 GB. */
export const largeEdit: LargeJob = {
  outputMb: 1_024,
  services: ['photoshop'],
  path: '/v2/edit',
  prepare: async (stack) => {
    const { s3 } = localClients(stack);
    const Body = Buffer.concat([Buffer.from('8BPS\0\x01', 'latin1'), Buffer.alloc(128 * 1024)]);
    const Metadata = { 'played-bytes': String(5 * 1024 ** 3) };
    await s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: inputKey, Body, Metadata }));
    s3.destroy();
  },
  body: ({ bucket }) => ({
    image: { source: { url: `s3://${bucket}/${inputKey}` } },
    edits: { autoTone: true },
    outputs: [{ destination: { validityPeriod: 3_600 }, mediaType: 'image/jpeg' }],
  }),
};

/** The same where Adobe writes the output to the bucket, and the gateway takes it over from there. */
export const largeDestination: LargeJob = {
  ...largeEdit,
  settings: { services: { photoshop: { operations: { 'photoshop/edit': { outputs: 'destination' } } } } },
};

/** Runs one job with the bundled function in a fresh process of its own. */
export const measureMemory = async (directory: string, job: LargeJob = largeImage): Promise<MemoryFigures> => {
  const { outputMb } = job;
  const bundle = await bundleFunction('generate', directory);
  const figures = join(directory, 'memory.json');
  const wrapper = join(directory, 'generate-in-process.ts');
  const processHandler = new URL('./process-handler.ts', import.meta.url).href;
  await writeFile(
    wrapper,
    `import { writeFileSync } from 'node:fs';
import { handlerInProcess } from ${JSON.stringify(processHandler)};
export const handler = handlerInProcess(${JSON.stringify(bundle)}, ({ idleRssBytes, peakRssBytes }) => writeFileSync(${JSON.stringify(figures)}, JSON.stringify({ idleRssBytes, peakRssBytes })));
`,
  );
  let ended = () => {};
  const executionEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const stack = await startStack({
    services: job.services,
    settings: { requestsPerMinute: 60, pollSeconds: 1, outputMaxBytes: 2_000_000_000, ...job.settings },
    simulator: { requestsPerMinute: 60, pendingMs: 0, generationMs: 0, outputBytes: outputMb * mb },
    handlers: { generate: wrapper },
    schedules: false,
    onExecutionFinished: ({ functionName, outcome }) => {
      // On a busy machine a turn may be too late, and the job has another one.
      const isLast = outcome.status === 'SUCCEEDED' && outcome.result?.includes('succeeded');
      if (functionName === stackNames.functions.generate && isLast) ended();
    },
  });
  try {
    await job.prepare(stack.description);
    await storeOne(stack.description, job);
    // The last invocation goes on for a moment after the job is over, and reports the peak of them all.
    await executionEnded;
    const { idleRssBytes, peakRssBytes } = JSON.parse(await readFile(figures, 'utf8'));
    return {
      outputMb,
      idleMb: idleRssBytes / mb,
      peakMb: peakRssBytes / mb,
      aboveIdleMb: (peakRssBytes - idleRssBytes) / mb,
      downloads: stack.simulator?.requests().filter(({ service }) => service === 'outputs').length ?? 0,
    };
  } finally {
    await stack.close();
  }
};

const storeOne = async (stack: StackDescription, { path, body }: LargeJob): Promise<void> => {
  const { gateway } = stack;
  const accepted = await fetch(gateway + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body(stack)),
  });
  const { jobId } = (await accepted.json()) as { jobId: string };
  for (;;) {
    const job = (await (await fetch(`${gateway}/jobs/${jobId}`)).json()) as { status: string; error?: unknown };
    if (job.status === 'succeeded') return;
    if (job.status === 'failed') throw new Error(`The job failed: ${JSON.stringify(job.error)}`);
    await pause(250);
  }
};
