import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Accepted, clientOf, jsonOf } from './client.ts';

const program = fileURLToPath(import.meta.resolve('#local/cli/simulator.ts'));

describe('simulator command', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  const run = (...args: string[]) => {
    const started = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    return started;
  };

  it('serves on a free port, advertises another base, and ends at Ctrl-C', async () => {
    const started = run('--port', '0', '--advertise', 'http://127.0.0.1:4030/', '--requests-per-minute', '1');
    const [output] = (await once(started.stdout, 'data')) as [Buffer];
    const url = /on (http:\/\/127\.0\.0\.1:\d+) /.exec(output.toString())?.[1] ?? '';
    const client = clientOf({ url });
    const { statusUrl } = await jsonOf<Accepted>(await client.generate({ prompt: 'x' }));
    expect(statusUrl).toMatch(/^http:\/\/127\.0\.0\.1:4030\/v3\/status\/urn:/);
    expect((await client.generate({ prompt: 'x' })).status).toBe(429);
    started.kill('SIGINT');
    expect(await once(started, 'exit')).toEqual([0, null]);
  });

  it('plays Adobe as observed, but for facts that are switched back', async () => {
    const started = run('--port', '0', '--manner', 'observed', '--fact', 'field-faults-are-400=documented');
    const [output] = (await once(started.stdout, 'data')) as [Buffer];
    const url = /on (http:\/\/127\.0\.0\.1:\d+) /.exec(output.toString())?.[1] ?? '';
    const manner = await jsonOf<{ name: string; side: string }[]>(await fetch(`${url}/_simulator/manner`));
    expect(manner.find(({ name }) => name === 'sync-calls-answer')?.side).toBe('observed');
    expect(manner.find(({ name }) => name === 'field-faults-are-400')?.side).toBe('documented');
  });

  it('explains itself', async () => {
    expect(await text(run('--help').stdout)).toContain('--advertise');
  });

  it.each([
    ['--port', 'x'],
    ['--advertise', 'nonsense'],
    ['--requests-per-minute', '0'],
    ['--manner', 'seen'],
    ['--fact', 'seeds=observed'],
    ['--nonsense', ''],
  ])('refuses %s %s with the reason', async (option, value) => {
    const started = run(option, value);
    const [message, exit] = await Promise.all([text(started.stderr), once(started, 'exit')]);
    expect(message).toContain(option === '--fact' ? 'seeds is not one of the facts' : option);
    expect(exit).toEqual([1, null]);
  });
});
