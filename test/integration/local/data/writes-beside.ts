/** A thread in which one write fails while others are under way; it posts what became of each. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { ClassicLevel } from 'classic-level';
import { hasFailedWrite } from '#local/data/level-log.ts';
import { makeWritesAtomic } from '#local/dynamodb-storage.ts';

type Operation = { type: 'put'; key: string; value: unknown };

const batch: (this: ClassicLevel, operations: Operation[], options: object) => Promise<void> =
  ClassicLevel.prototype.batch;
Object.assign(ClassicLevel.prototype, {
  async batch(this: ClassicLevel, operations: Operation[], options: object) {
    const [first] = operations;
    if (first?.key === 'failing') throw new Error('IO error: No space left on device');
    await batch.call(this, operations, options);
    if (first?.key === 'under way') await sleep(50);
  },
});
makeWritesAtomic(true);

const directory = mkdtempSync(join(tmpdir(), 'firefly-gateway-writes-'));
const level = new ClassicLevel<string, string>(directory);
const tell = (write: Promise<void>): Promise<string> =>
  write.then(
    () => 'written',
    (error: unknown) => String(error instanceof Error ? error.cause : error),
  );
await level.open();
const before = await tell(level.put('before', '1'));
const underWay = tell(level.put('under way', '1'));
const failing = await tell(level.put('failing', '1'));
const noted = hasFailedWrite(directory);
const beside = [await underWay, failing];
let after = '';
// Until LevelDB was opened anew.
while (after !== 'written') {
  after = await tell(level.put('after', '1'));
  await sleep(10);
}
await level.close();
rmSync(directory, { recursive: true });
parentPort?.postMessage([before, ...beside, noted, after]);
