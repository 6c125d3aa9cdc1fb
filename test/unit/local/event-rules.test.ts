import { expect, it } from 'vitest';
import { applyRules, type EventRule } from '#local/event-rules.ts';
import type { BusEvent } from '#local/eventbridge.ts';
import { ServiceError } from '#local/service-error.ts';

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

const ended = { name: 'notify', busName: 'prod', source: 'gateway', detailType: 'Job Ended', gateway: 'prod' } as const;

const rules: EventRule[] = [
  {
    name: 'inbox',
    busName: 'default',
    source: 'aws.s3',
    detailType: 'Object Created',
    keyPrefix: 'inbox/',
    functionReference: 'inbox:live',
  },
  { ...ended, functionReference: 'one' },
  { ...ended, functionReference: 'two' },
];

const startedBy = (given: BusEvent, busName: string): string[] => {
  const started: string[] = [];
  const start = async ({ functionReference: name }: EventRule) => {
    started.push(name);
  };
  applyRules(rules, start, () => {})(given, busName);
  return started;
};

it.each([
  ['default', 'aws.s3', 'Object Created', { object: { key: 'inbox/a/b.csv' } }, ['inbox:live']],
  ['prod', 'aws.s3', 'Object Created', { object: { key: 'inbox/a/b.csv' } }, []],
  ['default', 'aws.s3', 'Object Created', { object: { key: 'outputs/a' } }, []],
  ['default', 'aws.s3', 'Object Created', {}, []],
  ['default', 'aws.s3', 'Object Deleted', { object: { key: 'inbox/a/b.csv' } }, []],
  ['prod', 'gateway', 'Job Ended', { gateway: 'prod' }, ['one', 'two']],
  ['prod', 'gateway', 'Job Ended', { gateway: 'dev' }, []],
  ['prod', 'gateway', 'Job Ended', {}, []],
  ['dev', 'gateway', 'Job Ended', { gateway: 'prod' }, []],
  ['default', 'gateway', 'Job Ended', { gateway: 'prod' }, []],
  ['prod', 'other', 'Job Ended', { gateway: 'prod' }, []],
])('on the bus %s, %s %s %o starts %o', (busName, source, detailType, detail, functions) => {
  expect(startedBy(event(source, detailType, detail), busName)).toEqual(functions);
});

it('tells of a function that could not be started, and starts the others', async () => {
  const failed: string[] = [];
  const started: string[] = [];
  const start = async ({ functionReference: name }: EventRule) => {
    if (name === 'one') throw new ServiceError('ResourceNotFoundException', 'There is no such function.', 404);
    started.push(name);
  };
  await applyRules(rules, start, ({ functionReference }) => failed.push(functionReference))(
    event('gateway', 'Job Ended', { gateway: 'prod' }),
    'prod',
  );
  expect(failed).toEqual(['one']);
  expect(started).toEqual(['two']);
});

it('fails if an event could not be kept, as it may be later', async () => {
  const start = () => Promise.reject(new Error('database or disk is full'));
  const apply = applyRules(rules, start, () => {});
  await expect(apply(event('gateway', 'Job Ended', { gateway: 'prod' }), 'prod')).rejects.toThrow('full');
});
