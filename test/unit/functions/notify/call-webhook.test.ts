import type { LookupFunction } from 'node:net';
import { expect, it } from 'vitest';
import { createCallWebhook } from '#functions/notify/call-webhook.ts';

const answering =
  (...addresses: string[]): LookupFunction =>
  (_name, options, callback) => {
    expect(options.all).toBe(true);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

const call = (lookup: LookupFunction, url = 'https://hooks.example.com/') =>
  createCallWebhook({ timeoutMs: 60_000, allowsLoopback: false, lookup })(url, {}, '{}');

it.each([
  ['a private address', ['10.0.0.1']],
  ['a private address beside a public one', ['8.8.8.8', '127.0.0.1']],
  ['the metadata service', ['169.254.169.254']],
  ['the metadata service over IPv6', ['fd00:ec2::254']],
  ['this machine', ['::1']],
  ['an unspecified address', ['0.0.0.0']],
  ['an unspecified address of IPv6', ['::']],
  ['a shared address', ['100.64.0.1']],
  ['a link-local address', ['fe80::1']],
  ['an IPv4 address mapped to IPv6', ['::ffff:127.0.0.1']],
  ['an IPv4 address behind NAT64', ['64:ff9b::7f00:1']],
  ['an IPv4 address behind 6to4', ['2002:7f00:1::1']],
])('refuses a name that leads to %s, and does not say which', async (_, addresses) => {
  const { error } = await call(answering(...addresses));
  expect(error).toBe('The name does not lead to public addresses only.');
});

it('does not connect to a name without addresses', async () => {
  expect((await call(answering())).error).toMatch(/^The connection failed: /);
});

it.each([
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://0x7f.1/',
  'https://[::ffff:7f00:1]/',
  'https://[::7f00:1]/',
])('does not look up or connect to %s', async (url) => {
  const lookup: LookupFunction = () => expect.unreachable('The address stands in the URL.');
  expect((await call(lookup, url)).error).toBe('The URL must lead to a public address.');
});

it('reports a name that leads nowhere as it is', async () => {
  const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  expect((await call((_name, _options, callback) => callback(failure, []))).error).toBe(
    'The connection failed: ENOTFOUND.',
  );
});
