import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ClassicLevel } from 'classic-level';
import { expect, it, onTestFinished } from 'vitest';
import { hasFailedWrite, noteFailedWrite } from '#local/data/level-log.ts';
import { prepareTables } from '#local/dynamodb-folder.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { patternOf, s3ClientOf } from '../s3/s3-client.ts';

const newFolder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-damage-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

/** Tables with a file of sorted keys, and the name of that file. */
const createTables = async (): Promise<{ path: string; table: string }> => {
  const path = await newFolder();
  const level = new ClassicLevel(path);
  await level.put('table~jobs', '{}');
  await level.close();
  // What was written is sorted into a file when it is opened again.
  await level.open();
  await level.compactRange('a', 'z');
  await level.close();
  const table = (await readdir(path)).find((name) => name.endsWith('.ldb'));
  if (table === undefined) throw new Error('LevelDB has made no table.');
  return { path, table: join(path, table) };
};

it('names a file of the tables that was cut off', async () => {
  const { path, table } = await createTables();
  await prepareTables(path, []);
  await truncate(table, 40);
  await expect(prepareTables(path, [])).rejects.toThrow(
    /\.ldb is damaged \(its end is missing\).*Restore the folder from a backup/,
  );
});

it('starts where a kill left a file half-written that nothing refers to', async () => {
  const { path, table } = await createTables();
  const orphan = join(path, '999999.ldb');
  await writeFile(orphan, (await readFile(table)).subarray(0, 40));
  await prepareTables(path, []);
  expect(await readdir(path)).not.toContain('999999.ldb');
});

it('begins anew where a kill left a manifest only, before anything was written', async () => {
  const path = await newFolder();
  await writeFile(join(path, 'MANIFEST-000001'), '');
  await expect(prepareTables(path, [])).resolves.toEqual([]);
});

it('names a file of the tables that is gone', async () => {
  const { path, table } = await createTables();
  await rm(table);
  await expect(prepareTables(path, [])).rejects.toThrow(/is damaged \(Corruption: 1 missing files.*Restore the folder/);
});

it('begins no new tables where the name of the current ones is gone', async () => {
  const { path } = await createTables();
  await rm(join(path, 'CURRENT'));
  const before = await readdir(path);
  await expect(prepareTables(path, [])).rejects.toThrow(/CURRENT is damaged \(it is gone\)/);
  expect(await readdir(path)).toEqual(before);
});

/** A folder whose log holds so many writes, of sizes up to three blocks of it, and the name of the log. */
const createLog = async (writes: number): Promise<{ path: string; log: string }> => {
  const path = await newFolder();
  const level = new ClassicLevel(path);
  for (let write = 0; write < writes; write += 1) {
    const value = 'x'.repeat(write % 5 === 4 ? 80_000 : 300 * write);
    await level.put(`write ${write}`, JSON.stringify({ write, value }), { sync: true });
  }
  await level.close();
  const log = (await readdir(path)).find((name) => name.endsWith('.log'));
  if (log === undefined) throw new Error('LevelDB has no log.');
  return { path, log: join(path, log) };
};

const readWrites = async (path: string): Promise<string[]> => {
  const level = new ClassicLevel(path);
  const keys = await level.keys().all();
  await level.close();
  return keys;
};

it('names a log in which a byte has changed, unless it lies in the last write, which alone is lost then', async () => {
  const writes = 12;
  const { path, log } = await createLog(writes);
  const whole = await readFile(log);
  const others = new Map<string, Buffer>();
  for (const name of await readdir(path)) others.set(name, await readFile(join(path, name)));
  const random = createRandom(1);
  const drawPlace = () => Math.floor(random() * whole.length);
  const places = [...Array.from({ length: 12 }, (_, byte) => byte), ...Array.from({ length: 40 }, drawPlace)];
  for (const at of [...places, whole.length - 1, whole.length - 1_000]) {
    await rm(path, { recursive: true });
    await mkdir(path);
    for (const [name, bytes] of others) await writeFile(join(path, name), bytes);
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(at) ^ (1 + Math.floor(random() * 255)), at);
    await writeFile(log, damaged);
    const outcome = await prepareTables(path, []).then(
      () => 'opened',
      (error: unknown) => String(error),
    );
    if (outcome === 'opened') expect(await readWrites(path), `byte ${at}`).toHaveLength(writes - 1);
    else expect(outcome, `byte ${at}`).toMatch(/\.log is damaged \(at byte \d+\).*Restore the folder/);
  }
});

it('starts where a write failed half-way and others were under way, as none of them was answered', async () => {
  const { path, log } = await createLog(12);
  const damaged = await readFile(log);
  damaged.writeUInt8(damaged.readUInt8(100) ^ 1, 100);
  await writeFile(log, damaged);
  await expect(prepareTables(path, [])).rejects.toThrow('is damaged');
  noteFailedWrite(path);
  await prepareTables(path, []);
  expect(hasFailedWrite(path)).toBe(false);
});

it('starts with a log whose last write was cut off, or never reached the disk', async () => {
  const { path, log } = await createLog(12);
  const { size } = await stat(log);
  await truncate(log, size - 100);
  await truncate(log, size + 70_000);
  await prepareTables(path, []);
  expect(await readWrites(path)).toHaveLength(11);
});

it('names a damaged index of the objects', async () => {
  const storageDirectory = await newFolder();
  await writeFile(join(storageDirectory, 'index.db'), Buffer.alloc(8_192, 'x'));
  await expect(startS3({ bucket: 'outputs', storageDirectory })).rejects.toThrow(
    /index\.db is damaged .*Restore the folder/,
  );
});

it('answers for an object whose file is damaged with an error, and for the others as ever', async () => {
  const storageDirectory = await newFolder();
  const server = await startS3({ bucket: 'outputs', storageDirectory });
  onTestFinished(server.close);
  const client = s3ClientOf(server.url);
  onTestFinished(() => client.destroy());
  const body = patternOf(200_000);
  const put = async (Key: string) => {
    await client.send(new PutObjectCommand({ Bucket: 'outputs', Key, Body: body }));
    const objects = join(storageDirectory, 'objects');
    return (await readdir(objects, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  };
  const get = async (Key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'outputs', Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const [first = ''] = await put('cut');
  await put('whole');
  await truncate(first, 100_000);
  await expect(get('cut')).rejects.toThrow('its file is damaged');
  await rm(first);
  await expect(get('cut')).rejects.toThrow('its file is damaged');
  expect((await get('whole')).equals(body)).toBe(true);
  // What was repaired is read again.
  await writeFile(first, body);
  expect((await get('cut')).equals(await readFile(first))).toBe(true);
});
