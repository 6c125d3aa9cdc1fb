import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

const command = fileURLToPath(new URL('../../../../local/cli/simulator.ts', import.meta.url));

let child: ChildProcess | undefined;
afterEach(() => child?.kill());

it('npm run simulator plays the services that it is asked for, and says where', async () => {
  child = spawn(process.execPath, [command, '--port', '0', '--services', 'indesign,image']);
  if (child.stdout === null) throw new Error('The command has no output.');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith('  control')) break;
  }
  const addresses = lines.flatMap((line) => {
    const [, title = '', url = '', variable = ''] = /^ {2}(\S.*?) +(http\S+) \((\w+_API_URL)\)$/.exec(line) ?? [];
    return url === '' ? [] : [{ title, url, variable }];
  });
  expect(addresses).toEqual([
    { title: expect.any(String), url: expect.any(String), variable: 'IMAGE_API_URL' },
    { title: 'InDesign', url: expect.any(String), variable: 'INDESIGN_API_URL' },
  ]);
  for (const { url } of addresses) expect((await fetch(`${url}/v3/status/1`)).status).toBe(403);
});

it('and refuses one that nobody has', async () => {
  child = spawn(process.execPath, [command, '--services', 'indesign,video']);
  const [said] = await Promise.all([child.stderr?.toArray(), new Promise((resolve) => child?.once('exit', resolve))]);
  expect(String(said)).toContain('not "video"');
});
