import { describe, expect, it } from 'vitest';
import { type Draft, loadDraft, nextRequest, saveDraft } from '#console/src/make/draft/draft.ts';
import { buildRemix } from '#console/src/make/draft/remix.ts';
import { addMadeJob, choosePollMs, loadMadeJobs, saveMadeJobs } from '#console/src/make/made/made-jobs.ts';
import { addStroke, emptyPainting, redoStroke, undoStroke } from '#console/src/make/source/mask-strokes.ts';
import { findMaskedImage } from '#console/src/make/source/masked-image.ts';

const createStorage = () => {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
};

const draft: Draft = { body: { prompt: 'a fox' }, headers: { 'x-model-version': 'image3' } };

describe('a draft', () => {
  it('is the same after a reload, and none where nothing readable is kept', () => {
    const storage = createStorage();
    expect(loadDraft(storage, 'a')).toBeUndefined();
    expect(saveDraft(storage, 'a', draft)).toBe(true);
    expect(loadDraft(storage, 'a')).toEqual(draft);
    for (const broken of ['{', 'null', '[]', '{"body":null,"headers":{}}', '{"headers":{}}']) {
      storage.setItem('make/draft/a', broken);
      expect(loadDraft(storage, 'a')).toBeUndefined();
    }
  });

  it('says so when it cannot be kept', () => {
    const full = {
      ...createStorage(),
      setItem: () => {
        throw new Error('quota');
      },
    };
    expect(saveDraft(full, 'a', draft)).toBe(false);
  });
});

describe('the request of a draft', () => {
  const options = (now: number, key: string) => ({ now, createKey: () => key });

  it('has the key of the attempt before while nobody knows whether that arrived', () => {
    const first = nextRequest({}, 'content', options(1_000, 'k1'));
    expect(first).toMatchObject({ idempotencyKey: 'k1', isAccepted: false });
    expect(nextRequest({ sent: first }, 'content', options(99_000, 'k2'))).toBe(first);
    expect(nextRequest({ sent: first }, 'other', options(1_001, 'k2')).idempotencyKey).toBe('k2');
  });

  it('is the same for a double click, and another one when somebody wants more', () => {
    const sent = { ...nextRequest({}, 'content', options(1_000, 'k1')), isAccepted: true };
    expect(nextRequest({ sent }, 'content', options(1_300, 'k2')).idempotencyKey).toBe('k1');
    expect(nextRequest({ sent }, 'content', options(4_000, 'k2')).idempotencyKey).toBe('k2');
  });
});

describe('a remix', () => {
  const job = {
    operation: 'images/generate',
    modelVersion: 'image4_ultra',
    request: { prompt: 'a fox', seeds: [1] },
    links: { reuse: { body: { prompt: 'a fox', seeds: [7, 8] }, headers: {} } },
  };
  const operation = { modelHeader: 'x-model-version' } as Parameters<typeof buildRemix>[1];

  it('is the request of the job, with the seeds of its outputs or with none', () => {
    expect(buildRemix(job, operation, true)).toEqual({
      body: { prompt: 'a fox', seeds: [7, 8] },
      headers: { 'x-model-version': 'image4_ultra' },
    });
    expect(buildRemix(job, operation, false).body).toEqual({ prompt: 'a fox' });
    expect(buildRemix({ operation: 'x', links: {} }, { ...operation, modelHeader: undefined }, true)).toEqual({
      body: {},
      headers: {},
    });
  });
});

describe('the jobs that were made from a tab', () => {
  it('are kept, newest first, each once', () => {
    const storage = createStorage();
    const jobs = ['a', 'b', 'a'].reduce<ReturnType<typeof loadMadeJobs>>(
      (list, jobId) => addMadeJob(list, { jobId, operation: 'x' }),
      [],
    );
    saveMadeJobs(storage, jobs);
    expect(loadMadeJobs(storage).map(({ jobId }) => jobId)).toEqual(['a', 'b']);
    storage.setItem('make/made', '[{"jobId":1}, null, {"jobId":"c","operation":"x"}]');
    expect(loadMadeJobs(storage)).toEqual([{ jobId: 'c', operation: 'x' }]);
    storage.setItem('make/made', '{');
    expect(loadMadeJobs(storage)).toEqual([]);
  });

  it('are looked at often while young, seldom while they wait for long, and not at all in the end', () => {
    const at = Date.parse('2026-01-01T00:00:00Z');
    const job = { status: 'queued', createdAt: '2026-01-01T00:00:00Z', outputs: [] };
    const picture = { contentType: 'image/png' };
    const done = { ...job, status: 'succeeded', finishedAt: job.createdAt };
    expect(choosePollMs(undefined, at)).toBe(2_000);
    expect(choosePollMs(job, at + 1_000)).toBe(1_500);
    expect(choosePollMs(job, at + 600_000)).toBe(10_000);
    expect(choosePollMs({ ...job, estimatedStart: '2026-01-01T01:00:00Z' }, at)).toBe(15_000);
    expect(choosePollMs({ ...done, outputs: [picture] }, at + 1_000)).toBe(2_000);
    expect(choosePollMs({ ...done, outputs: [picture] }, at + 60_000)).toBe(false);
    expect(choosePollMs({ ...done, outputs: [{ ...picture, thumbnail: 'https://x' }] }, at)).toBe(false);
    expect(choosePollMs({ ...done, outputs: [{ contentType: 'video/mp4' }] }, at)).toBe(false);
  });
});

describe('a mask', () => {
  it('belongs to the image beside it, or to the nearest one around it', () => {
    const image = { source: { url: 's3://b/image' } };
    const background = { image: { source: { url: 's3://b/background' } }, fillAreaMask: {} };
    expect(findMaskedImage({ image, mask: {} }, ['mask', 'source'], 'image')).toBe('s3://b/image');
    expect(findMaskedImage({ image, masks: [{}] }, ['masks', 0, 'source'], 'image')).toBe('s3://b/image');
    expect(findMaskedImage({ image, background }, ['background', 'fillAreaMask', 'source'], 'image')).toBe(
      's3://b/background',
    );
    expect(findMaskedImage({ mask: {} }, ['mask', 'source'], 'image')).toBeUndefined();
  });

  it('can be painted, taken back and painted again', () => {
    const stroke = { points: [{ x: 1, y: 1 }], size: 10, isErasing: false };
    const painting = addStroke(addStroke(emptyPainting, stroke), { ...stroke, isErasing: true });
    const undone = undoStroke(painting);
    expect(undone).toMatchObject({ strokes: [stroke], undone: [{ isErasing: true }] });
    expect(redoStroke(undone).strokes).toEqual(painting.strokes);
    expect(addStroke(undone, stroke).undone).toEqual([]);
    expect(undoStroke(emptyPainting)).toEqual(emptyPainting);
    expect(redoStroke(painting)).toEqual(painting);
  });
});
