import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBatch } from '#shared/batches/batch-store.ts';
import { namedFolder, uploadsFolder } from '#shared/deployment/bucket.ts';
import { startApi, success, type TestApi } from '../fixture.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000010000000100802000000907768de', 'hex');

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ otherLanes: ['photoshop'] });
});
afterAll(() => api.close());

const similar = (url: string, caller = 'alice') =>
  api.call({
    method: 'POST',
    path: '/v3/images/generate-similar-async',
    body: { image: { source: { url } } },
    caller,
  });

const finished = async (caller = 'alice'): Promise<string> => {
  const jobId = await api.submit({ caller });
  await api.end(jobId, success(jobId));
  return jobId;
};

it('of another type than its field takes is refused by the name of the field', async () => {
  const place = `outputs-bucket/${uploadsFolder('alice')}a.png`;
  api.recorded.objects.set(place, png);
  const body = {
    image: { source: { url: `s3://${place}` } },
    options: { actions: [{ source: { url: `s3://${place}` } }] },
    outputs: [{ mediaType: 'image/png' }],
  };
  const answer = await api.call({ method: 'POST', path: '/v2/execute-actions', body });
  expect(answer).toMatchObject({ statusCode: 422, json: { error_code: 'validation_error' } });
  expect(answer.json['validation_errors']).toEqual([
    {
      loc: ['body', 'options', 'actions', 0, 'source', 'url'],
      msg: 'the object is none of application/x-photoshop-actions, application/json',
      type: 'value_error.input.wrong_type',
    },
  ]);
});

describe('an input from S3', () => {
  it("is taken from the caller's own uploads, inbox and outputs, and from the buckets of the settings", async () => {
    const jobId = await finished();
    for (const place of [
      `outputs-bucket/${uploadsFolder('alice')}a.png`,
      'outputs-bucket/inbox/alice/refs/a b.png',
      `outputs-bucket/outputs/2026/03/01/${jobId}/0.jpg`,
      'shared-bucket/anything',
    ]) {
      api.recorded.objects.set(place, png);
      expect(await similar(`s3://${place}`)).toMatchObject({ statusCode: 202 });
    }
  });

  it("is not taken from anybody else's places: 403, and nothing is stored", async () => {
    const jobId = await finished('bob');
    for (const place of [
      `outputs-bucket/${uploadsFolder('bob')}a.png`,
      'outputs-bucket/inbox/bob/a.png',
      'outputs-bucket/inbox/alice.png',
      `outputs-bucket/${uploadsFolder('alice')}../${uploadsFolder('bob').split('/')[1]}/a.png`,
      'outputs-bucket/inbox/alice/./../bob/a.png',
      'outputs-bucket/batches/1/report.csv',
      `outputs-bucket/outputs/2026/03/01/${jobId}/0.jpg`,
      'foreign-bucket/a.png',
    ]) {
      api.recorded.objects.set(place, png);
      const items = await api.countItems();
      const answer = await similar(`s3://${place}`);
      expect(answer).toMatchObject({ statusCode: 403, json: { error_code: 'input_forbidden' } });
      expect(answer.json['validation_errors']).toMatchObject([{ loc: ['body', 'image', 'source', 'url'] }]);
      expect(await api.countItems()).toBe(items);
    }
  });

  it("is taken from the named outputs of the caller's batches, and not from those of others", async () => {
    for (const [caller, statusCode] of [
      ['alice', 202],
      ['bob', 403],
    ] as const) {
      const batch = { batchId: crypto.randomUUID(), caller, priority: 'low', retentionSeconds: 60 } as const;
      const { batch: made } = await createBatch(api.table, batch, api.clock.now());
      const place = `outputs-bucket/${namedFolder(made)}kite.png`;
      api.recorded.objects.set(place, png);
      expect(await similar(`s3://${place}`)).toMatchObject({ statusCode });
    }
  });

  it('is looked at only if there are not too many of them', async () => {
    const names = Array.from({ length: 251 }, (_, index) => ({ url: `s3://shared-bucket/${index}` }));
    const answer = await api.generate({ prompt: 'a', more: names });
    expect(answer).toMatchObject({ statusCode: 422, json: { message: expect.stringContaining('at most 250') } });
    expect(answer.json['validation_errors']).toMatchObject([{ loc: ['body', 'more', 250, 'url'] }]);
  });

  it("is not taken from an inbox that lies inside of another's", async () => {
    const place = 'outputs-bucket/inbox/alice/team/a.png';
    api.recorded.objects.set(place, png);
    expect(await similar(`s3://${place}`, 'alice/team')).toMatchObject({ statusCode: 403 });
    expect(await similar(`s3://${place}`, 'alice')).toMatchObject({ statusCode: 202 });
  });

  it.each([
    ['missing', undefined, 'there is no such object'],
    ['text', Buffer.from('<html></html>'), 'image/webp'],
    ['large', Buffer.concat([png, Buffer.alloc(1_000)]), 'the limit of 1000'],
  ])('is refused where it is %s: 422 with the reason', async (name, bytes, reason) => {
    if (bytes !== undefined) api.recorded.objects.set(`shared-bucket/${name}`, bytes);
    const answer = await similar(`s3://shared-bucket/${name}`);
    expect(answer).toMatchObject({ statusCode: 422, json: { error_code: 'validation_error' } });
    expect(JSON.stringify(answer.json['validation_errors'])).toContain(reason);
  });
});

describe('an output of an earlier job as input', () => {
  it('is taken by its job and number', async () => {
    const jobId = await finished();
    api.recorded.objects.set(`outputs-bucket/outputs/2026/03/01/${jobId}/1.jpg`, png);
    expect(await similar(`job:${jobId}/1`)).toMatchObject({ statusCode: 202 });
  });

  it('is refused for a job that has not succeeded, has fewer outputs, or is not the caller’s', async () => {
    const [waiting, done, foreign] = [await api.submit(), await finished(), await finished('bob')];
    const messageOf = async (url: string) => (await similar(url)).json['message'];
    expect(await messageOf(`job:${waiting}/0`)).toContain('the job is queued');
    expect(await messageOf(`job:${done}/2`)).toContain('has 2 outputs');
    expect(await messageOf(`job:${foreign}/0`)).toContain('there is no such job');
  });
});
