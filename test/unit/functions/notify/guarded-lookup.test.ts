import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { expect, it } from 'vitest';
import { AddressNotAllowedError, guardedLookup } from '#functions/notify/guarded-lookup.ts';

const answering =
  (...addresses: string[]): LookupFunction =>
  (_name, options, callback) => {
    expect(options.all).toBe(true);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

const find = (lookup: LookupFunction, all: boolean): Promise<string | LookupAddress[]> =>
  new Promise((resolve, reject) => {
    guardedLookup(lookup, { allowsLoopback: false })('hooks.example.com', { all }, (error, found) =>
      error ? reject(error) : resolve(found),
    );
  });

it('hands on public addresses', async () => {
  expect(await find(answering('8.8.8.8', '2600:1f18::1'), true)).toEqual([
    { address: '8.8.8.8', family: 4 },
    { address: '2600:1f18::1', family: 6 },
  ]);
  expect(await find(answering('8.8.8.8', '2600:1f18::1'), false)).toBe('8.8.8.8');
});

it.each([
  ['a private address', ['10.0.0.1']],
  ['a private address beside a public one', ['8.8.8.8', '127.0.0.1']],
  ['the metadata service', ['169.254.169.254']],
  ['no address', []],
])('refuses a name that leads to %s', async (_, addresses) => {
  await expect(find(answering(...addresses), true)).rejects.toThrow(AddressNotAllowedError);
  await expect(find(answering(...addresses), false)).rejects.toThrow(AddressNotAllowedError);
});

it('reports a name that leads nowhere as it is', async () => {
  const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  await expect(find((_name, _options, callback) => callback(failure, []), true)).rejects.toBe(failure);
});
