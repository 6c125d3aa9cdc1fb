import { afterEach, describe, expect, it } from 'vitest';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { startApi } from '../fixture.ts';

type Api = Awaited<ReturnType<typeof startApi>>;

let api: Api;

const requests = inTier(30, 200);

const begin = async (options: Parameters<typeof startApi>[0] = {}): Promise<Api> => {
  api = await startApi(options);
  return api;
};

afterEach(() => api.close());

const statuses = async (posts: Promise<{ statusCode: number }>[]): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { statusCode } of await Promise.all(posts)) counts[statusCode] = (counts[statusCode] ?? 0) + 1;
  return counts;
};

describe('the policy of a caller', () => {
  it.each([
    [{ operations: ['images/upscale'] }, {}, 403, 'operations'],
    [{ modelVersions: ['image4_ultra'] }, {}, 403, 'modelVersions'],
    [{ customModels: [] }, { headers: { 'x-model-version': 'image4_custom' } }, 403, 'customModels'],
    [{ maxVariations: 2 }, {}, 422, 'maxVariations'],
    [{ requestsPerDay: 0 }, {}, 429, 'requestsPerDay'],
    [{ queuedJobs: 0 }, {}, 429, 'queuedJobs'],
  ])('refuses by %o', async (policy, options, status, rule) => {
    const { callers, generate, countItems } = await begin();
    await putPolicy(callers, 'alice', policy);
    const customModel = rule === 'customModels' ? { customModelId: 'urn:aaid:sc:VA6C2:secret' } : {};
    const before = await countItems();
    const answer = await generate({ prompt: 'a', numVariations: 3, ...customModel }, { caller: 'alice', ...options });
    expect(answer).toMatchObject({ statusCode: status, json: { error_code: 'policy_refused', rule } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(await countItems()).toBe(before);
  });

  it('holds for no other caller, and within a minute after a change', async () => {
    const { callers, clock, generate } = await begin();
    const post = async (caller: string) => (await generate({ prompt: 'a' }, { caller })).statusCode;
    expect(await post('alice')).toBe(202);
    await putPolicy(callers, 'alice', { operations: [] });
    clock.advance(60_000);
    expect(await post('alice')).toBe(403);
    expect(await post('bob')).toBe(202);
  });

  it('replaces the rules of the stage one by one', async () => {
    const { callers, generate } = await begin({ callerDefaults: { requestsPerDay: 1, maxVariations: 1 } });
    await putPolicy(callers, 'alice', { requestsPerDay: 2 });
    const post = async (body: object) => (await generate({ prompt: 'a', ...body }, { caller: 'alice' })).statusCode;
    expect([await post({}), await post({}), await post({})]).toEqual([202, 202, 429]);
    expect(await post({ numVariations: 2 })).toBe(422);
  });
});

describe('maxPriority', () => {
  it('lets a caller without a policy have normal instead of high, and says so', async () => {
    const { callers, call, generate } = await begin({ callerDefaults: { maxPriority: 'normal' } });
    await putPolicy(callers, 'editor', { maxPriority: 'high' });
    const headers = { 'x-priority': 'high' };
    const { json } = await generate({ prompt: 'a' }, { caller: 'mallory', headers });
    const warnings = ['The priority high became normal, the best that your policy allows (rule maxPriority).'];
    expect(json).toMatchObject({ warnings });
    const record = await call({ path: `/jobs/${String(json['jobId'])}`, caller: 'mallory' });
    expect(record.json).toMatchObject({ priority: 'normal', warnings });
    const editor = await generate({ prompt: 'a' }, { caller: 'editor', headers });
    expect(editor.json).not.toHaveProperty('warnings');
    const edited = await call({ path: `/jobs/${String(editor.json['jobId'])}`, caller: 'editor' });
    expect(edited.json).toMatchObject({ priority: 'high' });
  });
});

describe('counts', () => {
  it.each(['requestsPerDay', 'queuedJobs'])('lets ten of many parallel requests pass by %s', async (rule) => {
    const { call, generate } = await begin({ callerDefaults: { [rule]: 10 } });
    const posts = Array.from({ length: requests }, () => generate({ prompt: 'a' }, { caller: 'alice' }));
    expect(await statuses(posts)).toEqual({ 202: 10, 429: requests - 10 });
    expect((await Promise.all(posts)).filter(({ json }) => json['rule'] === rule)).toHaveLength(requests - 10);
    const { json } = await call({ path: '/jobs', query: { limit: '50' }, caller: 'alice' });
    expect(json['jobs']).toHaveLength(10);
  });

  it('begins again with the next UTC day, which the refusal names', async () => {
    const { clock, generate } = await begin({ callerDefaults: { requestsPerDay: 1 } });
    await generate();
    const refused = await generate();
    expect(refused).toMatchObject({ statusCode: 429, headers: { 'retry-after': '43200' } });
    expect(refused.json['detail']).toContain('2026-03-02T00:00:00.000Z');
    clock.advance(43_200_000);
    expect((await generate()).statusCode).toBe(202);
  });

  it('counts a repeated request once, however many of it come at once', async () => {
    const { generate } = await begin({ callerDefaults: { requestsPerDay: 30 } });
    const headers = { 'idempotency-key': 'once' };
    await Promise.all(Array.from({ length: 20 }, () => generate({ prompt: 'a' }, { headers })));
    await generate({ prompt: 'a' }, { headers });
    const posts = Array.from({ length: 40 }, () => generate());
    expect(await statuses(posts)).toEqual({ 202: 29, 429: 11 });
  });

  it('makes room in the queue once a job has ended', async () => {
    const { clock, call, generate } = await begin({ callerDefaults: { queuedJobs: 2 } });
    const first = String((await generate()).json['jobId']);
    await generate();
    expect((await generate()).statusCode).toBe(429);
    await call({ method: 'PUT', path: `/v3/cancel/${first}` });
    clock.advance(10_000);
    expect((await generate()).statusCode).toBe(202);
    expect((await generate()).statusCode).toBe(429);
  });
});

describe('deniedWords', () => {
  const list = (text: string) => Buffer.from(text);

  it('refuses a prompt by its field and rule, and shows neither word nor prompt', async () => {
    const { generate, recorded } = await begin({ callerDefaults: { deniedWords: 'policies/words.txt' } });
    recorded.objects.set('outputs-bucket/policies/words.txt', list('# legal\nbig brand\n'));
    const refused = await generate({ prompt: 'a poster of a Big-Brand' });
    expect(refused).toMatchObject({
      statusCode: 422,
      json: { error_code: 'denied_word', rule: 'deniedWords', validation_errors: [{ loc: ['body', 'prompt'] }] },
    });
    expect(JSON.stringify([refused, recorded.logs])).not.toMatch(/brand/i);
    expect((await generate({ prompt: 'a cat', negativePrompt: 'big brand' })).statusCode).toBe(202);
  });

  it('takes a changed list within a minute', async () => {
    const { clock, generate, recorded } = await begin({ callerDefaults: { deniedWords: 's3://shared-bucket/words' } });
    recorded.objects.set('shared-bucket/words', list('cat'));
    expect((await generate()).statusCode).toBe(422);
    recorded.objects.set('shared-bucket/words', list('dog'));
    clock.advance(60_000);
    expect((await generate()).statusCode).toBe(202);
  });

  it.each([
    ['is missing', 'policies/none.txt'],
    ['lies in a bucket that is not read', 's3://somewhere/words'],
    ["lies elsewhere in the gateway's bucket", 's3://outputs-bucket/uploads/words'],
    ['is no UTF-8', 'policies/latin1.txt'],
  ])('refuses everything while the list %s, and says so in the log', async (_, deniedWords) => {
    const { generate, recorded } = await begin({ callerDefaults: { deniedWords } });
    recorded.objects.set('outputs-bucket/uploads/words', list('cat'));
    recorded.objects.set('somewhere/words', list('cat'));
    recorded.objects.set('outputs-bucket/policies/latin1.txt', Buffer.from('café', 'latin1'));
    expect(await generate({ prompt: 'a dog' })).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '60' },
      json: { error_code: 'policy_unreadable', rule: 'deniedWords' },
    });
    expect(recorded.logs).toContainEqual(expect.objectContaining({ list: deniedWords }));
  });
});
