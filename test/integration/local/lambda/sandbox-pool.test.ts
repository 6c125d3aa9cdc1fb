import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSandboxPool, type SandboxPool } from '#local/lambda/sandbox-pool.ts';
import type { PlainEvent } from '../fixtures/plain-function.ts';
import { eventually, functionOf } from './service.ts';

let pool: SandboxPool;

afterEach(() => pool.close());

const run = async (event: PlainEvent): Promise<{ invocations: number }> => {
  const invocation = { requestId: 'request', invokedFunctionArn: 'arn', functionVersion: '$LATEST' };
  return JSON.parse(await pool.run({ ...invocation, payload: JSON.stringify(event) }));
};

const create = (options: { maxConcurrency?: number; growMs?: number; idleMs?: number; keptMs?: number }) => {
  pool = createSandboxPool(functionOf('plain-function.ts', { name: 'plain', ...options }), {
    onLine: () => {},
    idleMs: options.idleMs,
  });
};

const countSandboxes = async (): Promise<number> => {
  let count = 0;
  await pool.kill(() => {
    count += 1;
    return false;
  });
  return count;
};

describe('a pool of sandboxes', () => {
  it('grows with what runs at the same time, up to its limit', async () => {
    create({ maxConcurrency: 3 });
    const hanging = Array.from({ length: 4 }, () => run({ do: 'hang' }).catch((error: Error) => error.name));
    await eventually(() => expect(pool.running()).toHaveLength(3));
    expect(await pool.kill()).toEqual({ sandboxes: 3, invocations: 3 });
    await eventually(() => expect(pool.running()).toHaveLength(1));
    await pool.close();
    expect(await Promise.all(hanging)).toEqual(Array.from({ length: 4 }, () => 'FunctionError'));
  });

  it('starts no second sandbox while the first takes what comes soon enough', async () => {
    create({ maxConcurrency: 3, growMs: 600_000 });
    const answers = await Promise.all([1, 2, 3].map((value) => run({ do: 'echo', value })));
    expect(answers.map(({ invocations }) => invocations)).toEqual([1, 2, 3]);
    expect(await pool.kill()).toEqual({ sandboxes: 1, invocations: 0 });
  });

  it('starts another one for what has waited for long enough', async () => {
    create({ maxConcurrency: 2, growMs: 20 });
    const hanging = run({ do: 'hang' }).catch((error: Error) => error.name);
    // The first answer that counts from one comes from the second sandbox; the first has no time for it.
    expect(await run({ do: 'echo', value: 1 })).toMatchObject({ invocations: 1 });
    expect(pool.running()).toHaveLength(1);
    await pool.close();
    expect(await hanging).toBe('FunctionError');
  });

  it('uses one sandbox again and again for what runs one after the other', async () => {
    create({ maxConcurrency: 3 });
    expect(await run({ do: 'echo', value: 1 })).toMatchObject({ invocations: 1 });
    expect(await run({ do: 'echo', value: 1 })).toMatchObject({ invocations: 2 });
    expect(await pool.kill()).toEqual({ sandboxes: 1, invocations: 0 });
    expect(await run({ do: 'echo', value: 1 })).toMatchObject({ invocations: 1 });
  });

  it('ends a sandbox that has had no work for a while', async () => {
    create({ idleMs: 20, keptMs: 20 });
    await run({ do: 'echo', value: 1 });
    // A sandbox that lives on would count on.
    const again = async () => expect(await run({ do: 'echo', value: 1 })).toMatchObject({ invocations: 1 });
    await vi.waitFor(again, { interval: 200, timeout: 60_000 });
  });

  it('keeps the only sandbox for longer than those of a burst', async () => {
    create({ maxConcurrency: 2, idleMs: 1, keptMs: 60_000 });
    await run({ do: 'echo', value: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await run({ do: 'echo', value: 1 })).toMatchObject({ invocations: 2 });
  });

  it('ends those of a burst soon, and keeps the last', async () => {
    create({ maxConcurrency: 2, idleMs: 200, keptMs: 600_000 });
    const answers = [1, 2].map((value) => run({ do: 'echo', value }));
    expect(await countSandboxes()).toBe(2);
    await Promise.all(answers);
    await vi.waitFor(async () => expect(await countSandboxes()).toBe(1), { timeout: 60_000 });
    expect(await run({ do: 'echo', value: 1 })).toMatchObject({ invocations: 2 });
  });

  it('fails what is running and waiting when it is closed', async () => {
    create({ maxConcurrency: 1 });
    const answers = [run({ do: 'hang' }), run({ do: 'hang' })].map((answer) =>
      answer.catch((error: Error) => error.name),
    );
    await eventually(() => expect(pool.running()).toHaveLength(1));
    await pool.close();
    expect(await Promise.all(answers)).toEqual(['FunctionError', 'FunctionError']);
    await expect(run({ do: 'echo', value: 1 })).rejects.toThrow('closed');
  });

  it('names the sources of a bundle in stack traces', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'traces-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const contents = 'export const handler = async () => {\n  throw new Error("no");\n};\n';
    await build({
      stdin: { contents, sourcefile: 'functions/failing/handler.ts', loader: 'ts', resolveDir: directory },
      outfile: join(directory, 'failing.mjs'),
      format: 'esm',
      minify: true,
      sourcemap: true,
    });
    const lines: string[] = [];
    const definition = functionOf('', { name: 'failing', handlerPath: join(directory, 'failing.mjs') });
    pool = createSandboxPool(definition, { onLine: (line) => lines.push(line) });
    await expect(run({ do: 'hang' })).rejects.toThrow();
    expect(lines.join('\n')).toContain('functions/failing/handler.ts:2:');
  });
});
