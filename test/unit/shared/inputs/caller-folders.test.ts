import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callerOfFolder, isOwnFile, uploadsPrefix } from '#shared/inputs/caller-folders.ts';

const role = '123456789012/marketing';

it('is named by the caller, with %2F for a slash', () => {
  expect(isOwnFile('marketing', 'inbox/marketing/a/b.csv')).toBe(true);
  expect(isOwnFile(role, 'inbox/123456789012%2Fmarketing/a.csv')).toBe(true);
  expect(callerOfFolder('123456789012%2Fmarketing')).toBe(role);
  expect(callerOfFolder('marketing')).toBe('marketing');
});

it.each([
  ["another's", 'marketing', 'inbox/sales/a.csv'],
  ['inside of another’s', role, 'inbox/123456789012/marketing/a.csv'],
  ['the inbox itself', 'marketing', 'inbox/marketing.csv'],
  ['a way up', 'marketing', 'inbox/marketing/../sales/a.csv'],
  ['of whom the name stands for', '123456789012%2Fmarketing', 'inbox/123456789012%2Fmarketing/a.csv'],
  ["another's uploads", 'marketing', `${uploadsPrefix('sales')}a.png`],
])('does not have what is %s', (_, caller, key) => expect(isOwnFile(caller, key)).toBe(false));

it('belongs to one caller', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F', 'f'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(name, name, name, (one, other, folder) => {
      const key = `inbox/${folder}/a.csv`;
      if (isOwnFile(one, key) && isOwnFile(other, key)) expect(one).toBe(other);
      if (isOwnFile(one, key)) expect(callerOfFolder(key.split('/')[1] ?? '')).toBe(one);
    }),
  );
});
