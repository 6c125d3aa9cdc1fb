import { describe, expect, it } from 'vitest';
import { type AlarmData, alarmState, type Series } from './alarm-states.ts';
import { ofType, type Resource, synthesise } from './synthesise.ts';

const { resources } = synthesise();
const alarms = new Map(
  ofType(resources, 'AWS::CloudWatch::Alarm').map((alarm) => [
    String(alarm.Properties['AlarmName']).replace('firefly-gateway-test-', ''),
    alarm,
  ]),
);

const find = (name: string): Resource => {
  const alarm = alarms.get(name);
  if (alarm === undefined) throw new Error(`There is no alarm ${name}`);
  return alarm;
};

const range = 48;
const silence: Series = Array.from({ length: range }, () => undefined);
/** One value, so many periods ago. */
const once = (value: number, age = 0): Series => silence.map((_, index) => (index === age ? value : undefined));
/** A value every so many periods, the last one so many periods ago. */
const every = (periods: number, value: number, age = 0): Series =>
  silence.map((_, index) => (index >= age && (index - age) % periods === 0 ? value : undefined));
const all =
  (series: Series): AlarmData =>
  () =>
    series;

/** What is due by the clock: how often in periods of its alarm, and after how many without one it goes off. */
const due = [
  ['dispatch-silent', 1, 10],
  ['token-refresh-silent', 4, 12],
  ['rotation-check-silent', 24, 27],
] as const;

/** Alarms of values that are written while all is well: one that is fine, and one that is not. */
const levels: Record<string, [fine: number, wrong: number]> = {
  'rotation-overdue': [31, 60],
  'token-expires-soon': [7_200, 7_199],
  'caller-tokens-refused': [49, 50],
  'turns-late': [9, 10],
};

describe('an alarm of what runs by the clock', () => {
  it.each(due)('%s goes off in silence, and only there', (name, interval, periods) => {
    const alarm = find(name);
    expect(alarmState(alarm, all(silence))).toBe('ALARM');
    expect(alarmState(alarm, all(every(interval, 1)))).toBe('OK');
    // As long as the next run is not due, and for the time that it may be late.
    for (let age = 0; age < periods; age += 1) expect(alarmState(alarm, all(every(interval, 1, age)))).toBe('OK');
    // CloudWatch looks back two periods further, at least.
    expect(alarmState(alarm, all(every(interval, 1, periods + 2)))).toBe('ALARM');
    expect(alarmState(alarm, all(once(1)))).toBe('OK');
  });

  it.each(due)('%s begins once the schedule has', (name) => {
    const starters = find(name).DependsOn ?? [];
    const types = starters.map((id) => resources[id]?.Type);
    expect(types).toContain('AWS::Scheduler::Schedule');
    expect(types).toContain('AWS::SecretsManager::RotationSchedule');
  });
});

describe('every other alarm', () => {
  const others = [...alarms.keys()].filter((name) => due.every(([silent]) => silent !== name));

  it.each(others)('%s: silence and success are fine, a failure is not', (name) => {
    const alarm = find(name);
    const [fine, wrong] = levels[name] ?? [0, 1];
    expect(alarmState(alarm, all(silence))).toBe('OK');
    expect(alarmState(alarm, all(every(1, fine)))).toBe('OK');
    expect(alarmState(alarm, all(once(wrong)))).toBe('ALARM');
    expect(alarmState(alarm, all([wrong, ...every(1, fine).slice(1)]))).toBe('ALARM');
    expect(alarmState(alarm, all([fine, ...every(1, wrong).slice(1)]))).toBe('OK');
  });

  it('sums what Lambda dropped and what it could not keep', () => {
    const alarm = find('generate-event-dropped');
    expect(alarmState(alarm, (metric) => (metric === 'AsyncEventsDropped' ? once(1) : silence))).toBe('ALARM');
    expect(alarmState(alarm, (metric) => (metric === 'DestinationDeliveryFailures' ? once(1) : silence))).toBe('ALARM');
  });
});
