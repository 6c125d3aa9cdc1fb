import { readAdobeTarget, StartSettingError } from '../adobe-target.ts';
import { keepBundles } from '../bundles/bundles.ts';
import { collectAtRest } from '../collect-garbage.ts';
import type { DataFolder } from '../data/data-folder.ts';
import type { Upgraded } from '../data/upgrade.ts';
import type { DemoCaller } from '../demo-callers.ts';
import { bundleDirectory, nameSources } from '../programs.ts';
import type { Stack } from '../stack.ts';
import type { OpenJobs } from '../stack-kept.ts';
import { type FirstImage, makeFirstImage } from './first-image.ts';
import { describeQuickstart } from './quickstart.ts';
import { defaultDirectory, readStartOptions, type StartOptions, usage } from './start-options.ts';

const defaultPrompt = 'a realistic illustration of a cat coding';

/** Opens the folder that keeps everything, if there is to be one; what is written from now on is for its owner alone. */
const openData = async (
  directory: string | undefined,
  say: (line: string) => void,
): Promise<DataFolder | undefined> => {
  if (directory === undefined) return undefined;
  process.umask(0o077);
  const { openDataFolder } = await import('../data/data-folder.ts');
  const data = openDataFolder(directory);
  say(data.isNew ? `Keeping everything in ${data.path}` : `Going on with ${data.path}`);
  if (data.upgraded) say(describeUpgrade(data.upgraded));
  return data;
};

const describeUpgrade = ({ from, to, copy }: Upgraded): string =>
  `The folder was of version ${from} and is of ${to} now. As it was before, it lies in ${copy}: delete that when all is well.`;

const run = async (options: StartOptions): Promise<void> => {
  const say = (line: string) => (options.json ? console.error(line) : console.log(line));
  const target = readAdobeTarget(process.env);
  say('firefly-gateway, the embedded stack');
  const data = await openData(options.data, say);
  const writeLog = data && (await import('../data/log-files.ts')).createLogFiles(data.log);
  // Loaded only now, so that a mistake on the command line is answered at once.
  if (bundleDirectory !== undefined) keepBundles(bundleDirectory);
  const { startStack } = await import('../stack.ts');
  const { createDemoCallers } = await import('../demo-callers.ts');
  const { readOpenJobs } = await import('../stack-kept.ts');
  const { buildConsole, consoleDirectory } = await import('#console/build.ts');
  const stack = await startStack({
    port: options.port,
    target,
    data,
    services: options.services,
    temporaryTables: true,
    savesSandboxes: true,
    settings: {
      thumbnails: !options.once,
      consoleDirectory: options.once ? undefined : consoleDirectory(),
      ...(options.cors === undefined ? {} : { corsOrigins: [options.cors] }),
      ...(options.requestsPerMinute === undefined ? {} : { requestsPerMinute: options.requestsPerMinute }),
      ...(options.pollSeconds === undefined ? {} : { pollSeconds: options.pollSeconds }),
    },
    // Adobe signs what it makes, and the console shows it.
    simulator: { manner: options.simulatorManner, facts: { 'content-credentials-attached': 'observed' } },
    onProgress: (line) => say(`  ${line}`),
    onWarning: (line) => console.error(line),
    onLog: (name, line) => {
      writeLog?.(name, line);
      if (options.verbose || /"level":"(WARN|ERROR|CRITICAL)"/.test(line)) console.error(`[${name}] ${line}`);
    },
  });
  endOnSignal(stack, options.once ? 130 : 0);
  if (!options.once) {
    say(`Console: ${stack.description.gateway}/console/`);
    // The route waits for it; without it everything else works.
    buildConsole().catch((error: unknown) => console.error(`The console cannot be built: ${String(error)}`));
  }
  const callers = await createDemoCallers(stack.description, options.budget, data?.state);
  say(`Ready: ${stack.description.gateway}`);
  if (options.json) console.log(JSON.stringify({ ...stack.description, callers }));

  if (data && !data.isNew) say(describeResumed(stack, await readOpenJobs(stack.description)));
  // An image costs money, and a gateway that goes on has made its first.
  const prompt = options.prompt ?? (options.once || !data || data.isNew ? defaultPrompt : undefined);
  const image = prompt === undefined ? undefined : await firstImage(stack, prompt, say);
  if (options.once && image) {
    if (options.json) console.log(JSON.stringify({ jobId: image.jobId, status: image.status, outputs: image.outputs }));
    await stack.close();
    process.exit(image.status === 'succeeded' ? 0 : 1);
  }
  collectAtRest();
  say(nextSteps(stack.description.gateway, image?.jobId, callers));
};

const describeResumed = ({ resumed: { executions } }: Stack, { waiting, running }: OpenJobs): string =>
  `Found: ${waiting} jobs waiting, ${running} running, ${executions} executions resumed`;

const firstImage = async (stack: Stack, prompt: string, say: (line: string) => void): Promise<FirstImage> => {
  say(`Making an image: "${prompt}"`);
  try {
    const image = await makeFirstImage(stack.description.gateway, prompt, (line) => say(`  ${line}`));
    if (image.status === 'succeeded') for (const { url } of image.outputs) say(`Stored: ${url}`);
    else console.error(`No image: ${image.reason}`);
    return image;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`No image: ${reason}`);
    return { jobId: '', status: 'failed', outputs: [], reason };
  }
};

const nextSteps = (gateway: string, jobId: string | undefined, callers: readonly DemoCaller[]): string =>
  [
    '',
    'Try it:',
    `  curl -s ${gateway}/v3/images/generate -H 'content-type: application/json' -d '{"prompt":"a fox in the snow","size":{"width":1024,"height":1024}}'`,
    !jobId ? `  curl -s ${gateway}/health` : `  curl -sL ${gateway}/jobs/${jobId}/outputs/0 -o first-image.jpg`,
    '',
    ...describeQuickstart(gateway, callers),
    '',
    'Ctrl-C ends it.',
  ].join('\n');

// An interrupted --once has no image to show, which 0 would claim.
const endOnSignal = (stack: Stack, code: number): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stack.close().finally(() => process.exit(code));
    });
  }
};

const runBackup = async (directory: string, file: string): Promise<void> => {
  const { backUp } = await import('../data/backup.ts');
  const { archive, upgraded } = await backUp(directory, file);
  if (upgraded) console.log(describeUpgrade(upgraded));
  console.log(`Backup of ${directory}: ${archive}`);
};

const isFolderError = (error: unknown): error is Error => error instanceof Error && error.name === 'DataFolderError';

nameSources();
try {
  const options = readStartOptions(process.argv.slice(2), Boolean(process.env['FIREFLY_SERVICES_CLIENT_ID']));
  if (options.help) console.log(usage);
  else if (options.backup !== undefined) await runBackup(options.data ?? defaultDirectory, options.backup);
  else await run(options);
} catch (error) {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    console.error('The port is in use. Choose another with --port N, or a free one with --port 0.');
  } else {
    // A setting is the user's to mend and needs no stack trace; anything else is ours and does.
    console.error(error instanceof StartSettingError || isFolderError(error) ? error.message : error);
  }
  process.exit(1);
}
