import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  incomingKey,
  isOwnFile,
  manifestKey,
  outputKey,
  outputsFolder,
  parseInboxKey,
  parseOutputKey,
  uploadsFolder,
} from '#shared/deployment/bucket.ts';

describe('the keys of a job', () => {
  const job = { jobId: '0199a0e4-7c1f-7000-8000-000000000001', createdAt: '2026-01-05T23:59:59.999Z', turn: 2 };

  it('lie under the UTC day of the creation and the id of the job', () => {
    expect(outputsFolder(job)).toBe('outputs/2026/01/05/0199a0e4-7c1f-7000-8000-000000000001/');
    expect(manifestKey(job)).toBe(`${outputsFolder(job)}job.json`);
    expect(outputKey(job, 0, 'jpg')).toBe(`${outputsFolder(job)}0.jpg`);
  });

  it('name the job that outputs belong to', () => {
    expect(parseOutputKey(outputKey(job, 3, 'png'))).toBe(job.jobId);
    for (const key of [
      outputsFolder(job),
      incomingKey(job, 0),
      `${outputsFolder(job)}a/b.png`,
      `x${outputKey(job, 0, 'png')}`,
    ])
      expect(parseOutputKey(key)).toBeUndefined();
  });

  it('are others for each turn, as long as a service writes there', () => {
    expect(incomingKey(job, 1)).toBe(`incoming/${job.jobId}/2/1`);
  });
});

describe('a folder of the inbox', () => {
  const role = '123456789012/marketing';

  it('is named by the caller, with %2F for a slash', () => {
    expect(isOwnFile('marketing', 'inbox/marketing/a/b.csv')).toBe(true);
    expect(isOwnFile(role, 'inbox/123456789012%2Fmarketing/a.csv')).toBe(true);
    expect(parseInboxKey('inbox/123456789012%2Fmarketing/a.csv')).toBe(role);
    expect(parseInboxKey('inbox/marketing/a/b.csv')).toBe('marketing');
    for (const key of ['inbox/a.csv', 'uploads/marketing/a.csv']) expect(parseInboxKey(key)).toBeUndefined();
  });

  it.each([
    ["another's", 'marketing', 'inbox/sales/a.csv'],
    ['inside of another’s', role, 'inbox/123456789012/marketing/a.csv'],
    ['the inbox itself', 'marketing', 'inbox/marketing.csv'],
    ['a way up', 'marketing', 'inbox/marketing/../sales/a.csv'],
    ['of whom the name stands for', '123456789012%2Fmarketing', 'inbox/123456789012%2Fmarketing/a.csv'],
    ["another's uploads", 'marketing', `${uploadsFolder('sales')}a.png`],
  ])('does not have what is %s', (_, caller, key) => expect(isOwnFile(caller, key)).toBe(false));

  it('belongs to one caller', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F', 'f'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(name, name, name, (one, other, folder) => {
        const key = `inbox/${folder}/a.csv`;
        if (isOwnFile(one, key) && isOwnFile(other, key)) expect(one).toBe(other);
        if (isOwnFile(one, key)) expect(parseInboxKey(key)).toBe(one);
      }),
    );
  });
});
