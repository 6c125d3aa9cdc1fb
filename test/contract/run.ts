import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { startVitest } from 'vitest/node';
import { startSimulator } from '#local/simulator/simulator.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';

const help = `npm run test:contract

Runs the generation tests with a validating proxy between gateway and simulator, so that every request and every answer
is checked against Adobe's own OpenAPI file. The proxy is a command that you name:

  ADOBE_CONTRACT_PROXY=/path/to/proxy npm run test:contract

It is started as: <command> <upstream URL> <port>, must listen on 127.0.0.1 and log a violation as a line with
"Violation" or "Request terminated with error".`;

const violation = /Violation|Request terminated with error/;
const suites = [
  'test/e2e/generate-image.test.ts',
  'test/e2e/cancel-job.test.ts',
  'test/e2e/operations.exhaustive.test.ts',
  'test/integration/shared/adobe/services/firefly/bodies.test.ts',
];
const proxyStartMs = 240_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
};

/** Waits for the port only: any request of ours would itself be checked against Adobe's file. */
const untilListening = async (port: number, ended: Promise<unknown>): Promise<void> => {
  const deadline = Date.now() + proxyStartMs;
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && Date.now() < deadline) {
    const socket = connect(port, '127.0.0.1');
    const listening = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (listening) return;
    await pause(200);
  }
  throw new Error('The contract proxy did not start.');
};

const run = async (command: string): Promise<number> => {
  const port = await freePort();
  const proxyUrl = `http://127.0.0.1:${port}`;
  const simulator = await startSimulator({
    // The gateway warns of such sizes and passes them on.
    facts: { 'video-sizes-pass': 'observed' },
    advertise: proxyUrl,
    // Adobe's file knows images as results of a job, and no videos.
    unadvertised: ['/v3/videos/generate'],
    requestsPerMinute: 10_000,
    checkUploads: false,
    pendingMs: 0,
    generationMs: 500,
  });
  const proxy = spawn(command, [simulator.url, String(port)], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(proxy, 'exit');
  const violations: string[] = [];
  let validated = 0;
  for (const stream of [proxy.stdout, proxy.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (violation.test(line)) violations.push(line);
      if (/\b(post|get|put) \//i.test(line)) validated += 1;
    });
  }
  try {
    console.log(`starting the contract proxy on port ${port}; the first time it may install itself`);
    await untilListening(port, ended);
    // Tokens and client secrets are no part of Adobe's Firefly file: they go straight to the simulator.
    process.env['FIREFLY_API_URL'] = proxyUrl;
    process.env['ADOBE_IMS_URL'] = simulator.url;
    process.env['ADOBE_IO_URL'] = simulator.url;
    const vitest = await startVitest('test', suites, { watch: false, run: true });
    const failed = process.exitCode !== undefined && process.exitCode !== 0;
    await vitest?.close();
    const asked = new Set(simulator.requests().map(({ path }) => path));
    const untried = [...firefly.operations.map(({ path }) => path), '/v3/custom-models'].filter(
      (path) => !asked.has(path),
    );
    const cancels = simulator.requests().filter(({ path }) => path.startsWith('/v3/cancel/')).length;
    const polls = simulator.requests().filter(({ path }) => path.startsWith('/v3/status/')).length;
    console.log(
      `${validated} log lines of calls, ${polls} status and ${cancels} cancel calls, ${violations.length} violations, ${untried.length} calls untried`,
    );
    for (const line of violations) console.error(line);
    for (const path of untried) console.error(`${path} was not tried`);
    return failed || violations.length > 0 || untried.length > 0 || polls === 0 || cancels === 0 ? 1 : 0;
  } finally {
    if (proxy.pid !== undefined && proxy.exitCode === null) process.kill(-proxy.pid, 'SIGKILL');
    await simulator.close();
  }
};

const command = process.env['ADOBE_CONTRACT_PROXY'];
if (command === undefined || command === '') {
  console.error(help);
  process.exitCode = 2;
} else {
  process.exit(await run(command));
}
