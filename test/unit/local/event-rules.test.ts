import { expect, it } from 'vitest';
import { applyRules, type EventRule } from '#local/event-rules.ts';
import type { BusEvent } from '#local/eventbridge.ts';

const event = (source: string, detailType: string, detail: Record<string, unknown> = {}): BusEvent => ({
  version: '0',
  id: 'e',
  'detail-type': detailType,
  source,
  account: '000000000000',
  time: '2026-01-15T12:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
});

const rules: EventRule[] = [
  { source: 'aws.s3', detailType: 'Object Created', keyPrefix: 'inbox/', functionReference: 'inbox:live' },
  { source: 'gateway', detailType: 'Job Ended', functionReference: 'one' },
  { source: 'gateway', detailType: 'Job Ended', functionReference: 'two' },
];

const startedBy = (given: BusEvent): string[] => {
  const started: string[] = [];
  const start = async (name: string) => {
    started.push(name);
  };
  applyRules(rules, start, () => {})(given);
  return started;
};

it.each([
  ['aws.s3', 'Object Created', { object: { key: 'inbox/a/b.csv' } }, ['inbox:live']],
  ['aws.s3', 'Object Created', { object: { key: 'outputs/a' } }, []],
  ['aws.s3', 'Object Created', {}, []],
  ['aws.s3', 'Object Deleted', { object: { key: 'inbox/a/b.csv' } }, []],
  ['gateway', 'Job Ended', {}, ['one', 'two']],
  ['other', 'Job Ended', {}, []],
])('%s %s %o starts %o', (source, detailType, detail, functions) => {
  expect(startedBy(event(source, detailType, detail))).toEqual(functions);
});

it('tells of a function that could not be started, and starts the others', async () => {
  const failed: string[] = [];
  const started: string[] = [];
  const start = async (name: string) => {
    if (name === 'one') throw new Error('There is no such function.');
    started.push(name);
  };
  applyRules(rules, start, (name) => failed.push(name))(event('gateway', 'Job Ended'));
  await expect.poll(() => failed).toEqual(['one']);
  expect(started).toEqual(['two']);
});
