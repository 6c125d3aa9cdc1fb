import { describe, expect, it } from 'vitest';
import { reportConcurrency } from '#infra/credentials/lambda-quota.ts';
import { createOutput } from '#infra/credentials/terminal.ts';
import { captured } from './captured.ts';

const report = async (readConcurrency: () => Promise<{ limit: number; unreserved: number }>) => {
  const { text, ...streams } = captured();
  await reportConcurrency({ readConcurrency, output: createOutput(streams) });
  return text();
};

describe('the check of what Lambda runs at once', () => {
  it('is content with what AWS gives accounts that it knows', async () => {
    const said = await report(async () => ({ limit: 1_000, unreserved: 900 }));
    expect(said).toEqual({ stdout: expect.stringMatching(/ok .* 900 free/), stderr: '' });
  });

  it.each([
    ['a new account', 10, 10],
    ['an account in which reservations leave little', 1_000, 99],
  ])('names %s, and what to ask AWS for', async (_, limit, unreserved) => {
    const { stdout, stderr } = await report(async () => ({ limit, unreserved }));
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`^Note: .* at most ${limit} .* ${unreserved} of them .*Service Quotas`));
  });

  it('fails nothing if the role may not ask', async () => {
    const refusal = Object.assign(new Error('not authorized to perform: lambda:GetAccountSettings'), {
      name: 'AccessDeniedException',
    });
    const said = await report(() => Promise.reject(refusal));
    expect(said.stderr).toMatch(/^Note: .*could not be read \(AccessDeniedException\)/);
  });
});
