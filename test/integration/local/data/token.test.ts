import { expect, it, onTestFinished } from 'vitest';
import { FunctionError } from '#local/lambda/errors.ts';
import { startToken } from '#local/stack-token.ts';

const refused = () => new FunctionError({ errorType: 'ImsError', errorMessage: 'IMS does not answer', trace: [] });

it('ends a first start without a token', async () => {
  const lambda = { invoke: () => Promise.reject(refused()) };
  await expect(startToken(lambda, { mayWait: false })).rejects.toThrow('There is no access token: IMS does not answer');
});

it('lets a start on a folder go on without one, and tries until there is one', async () => {
  let failures = 3;
  const warnings: string[] = [];
  const lambda = {
    invoke: async () => {
      failures -= 1;
      if (failures >= 0) throw refused();
    },
  };
  const attempts = await startToken(lambda, { mayWait: true, retryMs: 5, onWarning: (line) => warnings.push(line) });
  onTestFinished(attempts.close);
  expect(warnings).toEqual([expect.stringContaining('IMS does not answer')]);
  await expect.poll(() => warnings.slice(1)).toEqual(['There is an access token now.']);
  expect(warnings[0]).toContain('Jobs wait for it');
});
