import { expect, it } from 'vitest';
import { Account, describeAnswer, ProbeError } from '#infra/credentials/field-check/account.ts';
import { Findings } from '#infra/credentials/field-check/findings.ts';
import { formatReport } from '#infra/credentials/field-check/report.ts';
import { systemClock } from '#shared/clock.ts';
import { startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

const open = (baseUrl: string, maxPaid: number, waits: number[] = []) =>
  new Account({
    baseUrl,
    token: { accessToken: 'token', clientId: 'client' },
    maxPaid,
    clock: systemClock,
    sleep: async (ms) => void waits.push(ms),
    signal: new AbortController().signal,
  });

it('sends no paid request beyond its budget; refusals cost nothing, lost answers count', async () => {
  const adobe = await startFakeAdobe();
  const waits: number[] = [];
  const account = open(adobe.url, 2, waits);
  adobe.script(
    'POST',
    '/paid',
    { status: 429, headers: { 'retry-after': '5' } },
    { status: 400, body: {} },
    { fault: 'reset' },
    { status: 202, body: {} },
  );
  expect((await account.send('/paid', {})).status).toBe(400);
  expect(waits).toEqual([6_000]);
  expect(account.paid).toBe(0);
  await expect(account.send('/paid', {})).rejects.toThrow(ProbeError);
  expect((await account.send('/paid', {})).status).toBe(202);
  expect(account.paid).toBe(2);
  await expect(account.send('/paid', {})).rejects.toThrow('used up');
  expect(adobe.seen).toHaveLength(4);
  await adobe.close();
});

it('sends the token to no host but those of Adobe', async () => {
  const account = open('https://firefly-api.adobe.io', 2);
  await expect(account.readStatus('https://adobe.io.example/v3/status/1')).rejects.toThrow('must not be sent');
});

it('shows a code only if it looks like one', () => {
  const answer = (code: string) => ({
    status: 400,
    headers: new Headers(),
    body: JSON.stringify({ error_code: code }),
  });
  expect(describeAnswer(answer('bad_request'))).toBe('400 bad_request');
  expect(describeAnswer(answer('https://x.test/?X-Amz-Signature=1'))).toBe('400');
});

it('writes a page with a row for each fact, or the same as JSON', () => {
  const findings = new Findings();
  findings.note('seeds', false, 'Other bytes the second time.');
  findings.note('output-types', true, 'Served as image/jpeg.');
  const report = { day: '2026-03-01', version: '1.2.3', paid: 7, endedEarly: 'Broken off.', findings: findings.all() };
  const page = formatReport(report, 'x.md');
  expect(page).toContain('2026-03-01, firefly-gateway 1.2.3, 7 paid operations. Ended early: Broken off.');
  expect(page).toMatch(/\| `seeds` \| .+ \| Other bytes the second time\. \| \*\*differs\*\* \|/);
  expect(page).toMatch(/\| `last-used` \| .+ \| Not looked at\. \| not found out \|/);
  expect(JSON.parse(formatReport(report, 'x.json'))).toMatchObject({ paid: 7, endedEarly: 'Broken off.' });
});
