/** Collects garbage again and again, and posts how often it could. */
import { parentPort } from 'node:worker_threads';
import { collectGarbage } from '#local/collect-garbage.ts';

let collected = 0;
for (let turn = 0; turn < 40; turn += 1) if (collectGarbage()) collected += 1;
parentPort?.postMessage(collected);
