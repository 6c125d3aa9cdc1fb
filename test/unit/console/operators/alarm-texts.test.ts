import { expect, it } from 'vitest';
import { alarms } from '#console/src/operators/health/alarm-texts.ts';
import { read } from '../../repository/repository.ts';

/** What stands in backticks in the first column of the table of alarms. */
const documented = (): string[] => {
  const [, section = ''] = /\n## Alarms\n(.*?)\n## /s.exec(read('docs/operating.md')) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
};

it('the console explains the alarms that the documents explain, and no others', () => {
  // `…-errors` stands for the alarms of all functions that end so.
  const patterns = alarms.flatMap(({ name }) => name.split(', ')).map((name) => name.split('…'));
  const matches = ([start = '', end]: string[], name: string): boolean =>
    end === undefined ? name === start : name.startsWith(start) && name.endsWith(end);
  const names = documented();
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !patterns.some((pattern) => matches(pattern, name)))).toEqual([]);
  expect(patterns.filter((pattern) => !names.some((name) => matches(pattern, name)))).toEqual([]);
  for (const { meaning, action } of alarms) expect([meaning, action].every((text) => text.endsWith('.'))).toBe(true);
});
