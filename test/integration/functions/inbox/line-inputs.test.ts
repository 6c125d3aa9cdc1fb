import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presignedUrl, signature } from '#test/fixtures/presigned-url.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const line = (id: string, url: string): string =>
  JSON.stringify({ operation: 'images/generate-similar', id, body: { image: { source: { url } } } });

describe('presigned inputs of a batch', () => {
  it('are judged line by line: one that has expired rejects its line, one that dies before its turn is warned of', async () => {
    const rig = await servers.rig();
    const now = rig.clock.now();
    const soon = Array.from({ length: 14 }, (_, index) => line(`soon-${index}`, presignedUrl(now + 90_000)));
    const lines = [
      ...soon,
      line('dead', presignedUrl(now - 7_200_000)),
      line('lasting', presignedUrl(now + 3_600_000)),
      line('unknown', 'https://pictures.s3.amazonaws.com/a.png?X-Amz-Expires=soon'),
    ];
    const batchId = await rig.drop('lines.jsonl', lines.join('\n'));
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ lines: 17, jobs: 16, rejected: 1 });
    for (const number of [...soon.keys()].map((index) => index + 1)) await rig.end(batchId, number);
    await rig.end(batchId, 16);
    await rig.end(batchId, 17);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    const report = await rig.report(batchId);
    expect(report[14]).toMatchObject({
      id: 'dead',
      state: 'rejected',
      error: { code: 'input_expired', message: expect.stringMatching(/body\.image\.source\.url: .*\(X-Amz-Expires\)/) },
    });
    const warned = report.filter(({ warnings }) => warnings !== undefined);
    // Four a minute: the first of them come before their URLs die.
    expect(warned.map(({ id }) => id)).toEqual(soon.slice(8).map((_, index) => `soon-${index + 8}`));
    expect(warned[0]?.warnings).toEqual([expect.stringContaining('POST /uploads')]);
    expect(JSON.stringify([report, rig.lines])).not.toContain(signature);
  });
});
