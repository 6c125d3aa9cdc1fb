import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startStack } from '#local/stack.ts';
import { bundleFunction } from '#test/fixtures/bundled-functions.ts';

/** Memory of the bundled generate function while it stores one large output, in MB (1024 x 1024 bytes). */
export interface MemoryFigures {
  outputMb: number;
  idleMb: number;
  peakMb: number;
  aboveIdleMb: number;
}

const mb = 1024 * 1024;
const outputMb = 200;

/** Stores one output of 200 MB with the bundled function in a fresh process of its own. */
export const measureMemory = async (directory: string): Promise<MemoryFigures> => {
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
    settings: { requestsPerMinute: 60, pollSeconds: 1 },
    simulator: { requestsPerMinute: 60, pendingMs: 0, generationMs: 0, outputBytes: outputMb * mb },
    handlers: { generate: wrapper },
    schedules: false,
    onExecutionFinished: () => ended(),
  });
  try {
    await storeOne(stack.description.gateway);
    // The last invocation goes on for a moment after the job is over, and reports the peak of them all.
    await executionEnded;
    const { idleRssBytes, peakRssBytes } = JSON.parse(await readFile(figures, 'utf8'));
    return {
      outputMb,
      idleMb: idleRssBytes / mb,
      peakMb: peakRssBytes / mb,
      aboveIdleMb: (peakRssBytes - idleRssBytes) / mb,
    };
  } finally {
    await stack.close();
  }
};

const storeOne = async (gateway: string): Promise<void> => {
  const accepted = await fetch(`${gateway}/v3/images/generate-async`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'a very large picture' }),
  });
  const { jobId } = (await accepted.json()) as { jobId: string };
  for (;;) {
    const job = (await (await fetch(`${gateway}/jobs/${jobId}`)).json()) as { status: string; error?: unknown };
    if (job.status === 'succeeded') return;
    if (job.status === 'failed') throw new Error(`The job failed: ${JSON.stringify(job.error)}`);
    await pause(250);
  }
};
