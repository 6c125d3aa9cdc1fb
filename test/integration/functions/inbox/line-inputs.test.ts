import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rememberUploadOwner } from '#shared/inputs/upload-owners.ts';
import { presignedUrl, signature } from '#test/fixtures/presigned-url.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const line = (id: string, url: string): string =>
  JSON.stringify({ operation: 'images/generate-similar', id, body: { image: { source: { url } } } });

describe('uploads that a batch names', () => {
  it('are those of its caller, or unknown to the gateway: a line with one of another caller is rejected as if it did not exist', async () => {
    const rig = await servers.rig();
    const [own, foreign, elsewhere] = [
      '6b1f0c2e-3d4a-4b5c-8d6e-7f8091a2b3c4',
      '7c2e1d3f-4e5b-4c6d-9e7f-8091a2b3c4d5',
      '8d3f2e40-5f6c-4d7e-8f80-91a2b3c4d5e6',
    ];
    await rememberUploadOwner(rig.context.table, own, 'team-a');
    await rememberUploadOwner(rig.context.table, foreign, 'team-b');
    const lines = [own, foreign, elsewhere, foreign].map((uploadId, index) =>
      JSON.stringify({
        operation: 'images/generate-similar',
        id: `${index}`,
        body: { image: { source: { uploadId } } },
      }),
    );
    const batchId = await rig.drop('lines.jsonl', lines.join('\n'));
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ lines: 4, jobs: 2, rejected: 2 });
    await rig.end(batchId, 1);
    await rig.end(batchId, 3);
    await rig.dispatch();
    const error = {
      code: 'input_not_found',
      message: 'An input cannot be used: body.image.source.uploadId: there is no such upload.',
    };
    expect(await rig.report(batchId)).toMatchObject([
      { id: '0', state: 'succeeded' },
      { id: '1', state: 'rejected', error },
      { id: '2', state: 'succeeded' },
      { id: '3', state: 'rejected', error },
    ]);
  });
});

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
