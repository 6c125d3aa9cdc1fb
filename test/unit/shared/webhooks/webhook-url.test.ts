import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsAddress, findUrlProblem } from '#shared/webhooks/webhook-url.ts';

const inAws = { allowsLoopback: false };
const local = { allowsLoopback: true };

describe('the address of a receiver', () => {
  it.each(['8.8.8.8', '52.95.110.1', '2600:1f18::1', '2a05:d018:1::5'])('%s is public', (address) => {
    expect(allowsAddress(address, inAws)).toBe(true);
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.9.9.9'],
    ['loopback', '::1'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['the metadata service', '169.254.169.254'],
    ['the metadata service over IPv6', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['unique local', 'fc00::1'],
    ['shared', '100.64.0.1'],
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['for documentation', '203.0.113.7'],
    ['for documentation', '2001:db8::1'],
    ['reserved', '240.0.0.1'],
    ['mapped IPv4', '::ffff:127.0.0.1'],
    ['mapped public IPv4', '::ffff:8.8.8.8'],
    ['compatible IPv4', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::1'],
    ['Teredo', '2001:0:7f00:1::1'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('is refused where it is %s: %s', (_, address) => {
    expect(allowsAddress(address, inAws)).toBe(false);
  });

  it('may be loopback, and nothing else of these, in the embedded stack', () => {
    expect(allowsAddress('127.0.0.1', local)).toBe(true);
    expect(allowsAddress('::1', local)).toBe(true);
    expect(allowsAddress('10.0.0.1', local)).toBe(false);
    expect(allowsAddress('169.254.169.254', local)).toBe(false);
  });

  it('is never private, however IPv6 writes it', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, fc.constantFrom('::', '::ffff:', '64:ff9b::', '::ffff:0:'), (b, c, d, prefix) => {
        expect(allowsAddress(`${prefix}10.${b}.${c}.${d}`, inAws)).toBe(false);
      }),
    );
  });
});

describe('the URL of a webhook', () => {
  it.each([
    'https://example.com/hook?team=a',
    'https://example.com:8443/',
    'https://8.8.8.8/',
    'https://[2600:1f18::1]/',
  ])('may be %s', (url) => expect(findUrlProblem(url, inAws)).toBeUndefined());

  it.each([
    ['example.com', 'is not a URL'],
    ['http://example.com/', 'must begin with https://'],
    ['ftp://example.com/', 'must begin with https://'],
    ['https://user:secret@example.com/', 'must not contain a user name or password'],
    ['https://example.com/#part', 'must not have a fragment'],
    ['https://localhost/', 'must lead to a public address'],
    ['https://api.LOCALHOST./', 'must lead to a public address'],
    ['https://127.0.0.1/', 'must lead to a public address'],
    ['https://127.1/', 'must lead to a public address'],
    ['https://2130706433/', 'must lead to a public address'],
    ['https://0x7f.0.0.1/', 'must lead to a public address'],
    ['https://[::ffff:7f00:1]/', 'must lead to a public address'],
    ['https://169.254.169.254/latest/meta-data', 'must lead to a public address'],
    [`https://example.com/${'x'.repeat(2_048)}`, 'has more than 2048 characters'],
  ])('may not be %s', (url, problem) => expect(findUrlProblem(url, inAws)).toBe(problem));

  it('may be http on this machine in the embedded stack, and nowhere else', () => {
    expect(findUrlProblem('http://127.0.0.1:9555/', local)).toBeUndefined();
    expect(findUrlProblem('http://localhost:9555/', local)).toBeUndefined();
    expect(findUrlProblem('http://example.com/', local)).toBe('must begin with https://');
    expect(findUrlProblem('http://10.0.0.1/', local)).toBe('must begin with https://');
  });
});
