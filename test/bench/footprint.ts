import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { StackDescription } from '#local/stack.ts';
import { stackNames } from '#local/stack-settings.ts';
import { readCpuSeconds, readMb, readSandboxes } from './processes.ts';
import type { Row, Section } from './table.ts';

/** What `npm start` takes of a machine with Linux; memory in MB (1024 x 1024 bytes) of all its processes together. */
interface FootprintFigures {
  /** From the command to the line that says it is ready. */
  startSeconds: number;
  /** Proportional set size: what processes share counts once. */
  readyMb: number;
  /** At most while every function ran, looked at each second. */
  busyMb: number;
  /** Sandboxes at most meanwhile. */
  busySandboxes: number;
  /** With a sandbox of each function, after each has run. */
  warmMb: number;
  /** Sandboxes that were running then; there are twelve functions. */
  warmSandboxes: number;
  /** After a rest, when only what a schedule needs is left. */
  restMb: number;
  /** Of one core, without a request. */
  idlePercent: number;
  /** Of what waits, by the number of waiting jobs. */
  waitingMb: Record<number, number>;
}

type Running = StackDescription & { callers: { clientId: string; clientSecret: string }[] };

const entry = fileURLToPath(new URL('../../local/cli/start.ts', import.meta.url));

const start = async (): Promise<{ child: ChildProcess; running: Running; seconds: number }> => {
  const begun = performance.now();
  const args = ['--json', '--port', '0', '--services', 'all', '--requests-per-minute', '60', '--poll-seconds', '1'];
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, running: JSON.parse(line), seconds: (performance.now() - begun) / 1000 };
};

/** What of the answers is looked at. */
interface Answer {
  status: string;
  jobId: string;
  links: { self: string };
  counts: { unfinished: number };
  access_token: string;
}

const call = async ({ gateway }: Running, path: string, init: RequestInit = {}): Promise<Answer> => {
  // A connection that has rested may be closed by the server at this very moment.
  const headers = { 'content-type': 'application/json', connection: 'close', ...init.headers };
  const answer = await fetch(new URL(path, gateway), { ...init, headers });
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
};

const post = (running: Running, path: string, body: object) =>
  call(running, path, { method: 'POST', body: JSON.stringify(body) });

const untilEnded = async (running: Running, path: string): Promise<void> => {
  for (;;) {
    const { status } = await call(running, path);
    if (/succeeded|failed|cancelled|finished|refused/.test(status)) return;
    await pause(250);
  }
};

/** Has every function run: jobs of two services, a batch, a webhook, a token and what it is good for, lists, and the daily work. */
const warm = async (running: Running): Promise<void> => {
  const receiver = createServer((request, response) => request.resume().on('end', () => response.end())).listen(0);
  await once(receiver, 'listening');
  try {
    const { port } = receiver.address() as AddressInfo;
    await post(running, '/webhooks', { url: `http://127.0.0.1:${port}/` });
    const lambda = new LambdaClient({
      region: 'us-east-1',
      endpoint: running.lambda,
      credentials: { accessKeyId: running.accessKeyId, secretAccessKey: running.secretAccessKey },
    });
    const invoke = (name: 'token-refresh' | 'secret-rotation', payload: object) =>
      lambda.send(
        new InvokeCommand({ FunctionName: stackNames.functions[name], Payload: Buffer.from(JSON.stringify(payload)) }),
      );
    const size = { width: 1_024, height: 1_024 };
    const jobs = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        post(running, '/v3/images/generate-async', { prompt: `kite ${index}`, size }),
      ),
    );
    const line = JSON.stringify({ id: 'a', body: { prompt: 'a kite' } });
    const batch = await call(running, '/batches', {
      method: 'POST',
      headers: { 'content-type': 'application/jsonl' },
      body: line,
    });
    await Promise.all(jobs.map(({ jobId }) => untilEnded(running, `/jobs/${jobId}`)));
    await untilEnded(running, batch.links.self);
    await call(running, '/v3/custom-models');
    const [caller] = running.callers;
    const token = await call(running, '/ims/token/v3', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: caller?.clientId ?? '',
        client_secret: caller?.clientSecret ?? '',
        scope: 'openid',
      }),
    });
    await call(running, '/jobs', { headers: { authorization: `Bearer ${token.access_token}` } });
    await invoke('token-refresh', {});
    await invoke('secret-rotation', { action: 'daily' });
    lambda.destroy();
  } finally {
    receiver.close();
  }
};

/** Has jobs wait in a lane that is paused, as lines of batches. */
const addWaiting = async (running: Running, count: number): Promise<void> => {
  const lines = Array.from({ length: count }, (_, id) =>
    JSON.stringify({ id: `${id}`, body: { prompt: `kite ${id}` } }),
  );
  const batch = await call(running, '/batches', {
    method: 'POST',
    headers: { 'content-type': 'application/jsonl' },
    body: lines.join('\n'),
  });
  for (;;) {
    const { counts } = await call(running, batch.links.self);
    if (counts.unfinished >= count) return;
    await pause(1_000);
  }
};

/** Has every function run, and looks meanwhile at what that takes at most. */
const warmWatched = async (
  running: Running,
  pid: number,
): Promise<Pick<FootprintFigures, 'busyMb' | 'busySandboxes'>> => {
  const most = { busyMb: 0, busySandboxes: 0 };
  const watch = setInterval(() => {
    most.busyMb = Math.max(most.busyMb, readMb(pid));
    most.busySandboxes = Math.max(most.busySandboxes, readSandboxes(pid));
  }, 1_000);
  try {
    await warm(running);
  } finally {
    clearInterval(watch);
  }
  return most;
};

/** For how long is measured, in milliseconds, and with how many waiting jobs, in ascending order. */
interface FootprintOptions {
  waiting: readonly number[];
  restMs: number;
  idleMs: number;
}

/** Measures the real command. */
export const measureFootprint = async ({ waiting, restMs, idleMs }: FootprintOptions): Promise<FootprintFigures> => {
  const { child, running, seconds } = await start();
  const pid = child.pid ?? 0;
  try {
    const readyMb = readMb(pid);
    const busy = await warmWatched(running, pid);
    await pause(5_000);
    const [warmMb, warmSandboxes] = [readMb(pid), readSandboxes(pid)];
    await pause(restMs);
    const restMb = readMb(pid);
    const cpu = readCpuSeconds(pid);
    await pause(idleMs);
    const idlePercent = ((readCpuSeconds(pid) - cpu) / (idleMs / 1000)) * 100;
    await call(running, '/queue/pause', { method: 'PUT', body: '{"reason":"bench"}' });
    const waitingMb: Record<number, number> = {};
    let there = 0;
    for (const count of waiting) {
      if (count > there) await addWaiting(running, count - there);
      there = count;
      await pause(20_000);
      waitingMb[count] = readMb(pid);
    }
    return { startSeconds: seconds, readyMb, ...busy, warmMb, warmSandboxes, restMb, idlePercent, waitingMb };
  } finally {
    child.kill('SIGKILL');
  }
};

/** `FOOTPRINT_WAITING` names other numbers of waiting jobs, separated by commas. */
export const footprintSection: Section = {
  name: 'footprint',
  title: 'what npm start takes: memory, start, idle time (seven minutes; FOOTPRINT_WAITING=0,10000,50000 for more)',
  measure: async () => {
    const waiting = (process.env['FOOTPRINT_WAITING'] ?? '0,10000').split(',').map(Number);
    const figures = await measureFootprint({ waiting, restMs: 100_000, idleMs: 120_000 });
    const goals: Record<number, number> = { 0: 300, 10000: 400, 50000: 500 };
    return {
      figures,
      rows: [
        { figure: 'npm start: until it is ready', value: figures.startSeconds, unit: 's', below: 3 },
        { figure: 'memory (PSS) when it is ready', value: figures.readyMb, unit: 'MB' },
        { figure: `at most, with up to ${figures.busySandboxes} sandboxes`, value: figures.busyMb, unit: 'MB' },
        { figure: `5 s later, with ${figures.warmSandboxes} sandboxes`, value: figures.warmMb, unit: 'MB', below: 300 },
        { figure: 'at rest', value: figures.restMb, unit: 'MB', below: 300 },
        { figure: 'at rest: of a core', value: figures.idlePercent, unit: '%', below: 0.5 },
        ...Object.entries(figures.waitingMb).map(
          ([count, value]): Row => ({
            figure: `beside ${count} waiting jobs`,
            value,
            unit: 'MB',
            below: goals[Number(count)],
          }),
        ),
      ],
    };
  },
};
