import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createCallWebhook } from '#functions/notify/call-webhook.ts';
import { allowsAddress, findUrlProblem } from '#shared/webhooks/webhook-url.ts';

const inAws = { allowsLoopback: false };

// First and last addresses of what IANA lists as special, and what leads to IPv4 by way of IPv6.
const specialAddresses = {
  'this network': ['0.0.0.0', '0.0.0.1', '0.255.255.255'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  'shared (CGNAT)': ['100.64.0.0', '100.127.255.255', '100.100.100.200'],
  loopback: ['127.0.0.0', '127.0.0.1', '127.255.255.255', '::1'],
  'link-local': ['169.254.0.0', '169.254.255.255', 'fe80::', 'fe80::1', 'febf:ffff::1'],
  'services of clouds': ['169.254.169.254', '169.254.170.2', '169.254.169.123', '168.63.129.16', 'fd00:ec2::254'],
  'protocol assignments': ['192.0.0.0', '192.0.0.170', '192.0.0.255'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::', '2001:db8:ffff::1', '3fff::1'],
  '6to4 relay': ['192.88.99.1'],
  benchmark: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff00::', 'ff02::1', 'ff0e::1'],
  reserved: ['240.0.0.0', '255.255.255.254', '255.255.255.255'],
  unspecified: ['::'],
  'IPv4, mapped': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:8.8.8.8'],
  'IPv4, translated': ['::ffff:0:7f00:1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a00:1'],
  'IPv4, compatible': ['::127.0.0.1', '::a00:1'],
  '6to4': ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2002:0a00:0001::1'],
  Teredo: ['2001::1', '2001:0:7f00:1::1'],
  ORCHID: ['2001:10::1', '2001:20::1'],
  'unique local': ['fc00::', 'fd12:3456::1', 'fdff:ffff::1'],
  'site-local': ['fec0::1'],
  'the 6bone': ['3ffe::', '3ffe:ffff::1'],
  'discard only': ['100::1'],
};

const all = Object.entries(specialAddresses).flatMap(([range, addresses]) =>
  addresses.map((address) => ({ range, address })),
);

describe('special addresses', () => {
  it('are more than sixty', () => expect(new Set(all.map(({ address }) => address)).size).toBeGreaterThanOrEqual(64));

  it.each(all)('$address ($range) is no receiver, in a URL or behind a name', async ({ address }) => {
    expect(allowsAddress(address, inAws)).toBe(false);
    const host = address.includes(':') ? `[${address}]` : address;
    expect(findUrlProblem(`https://${host}/`, inAws)).toBe('must lead to a public address');
    expect(findUrlProblem(`https://${host}:8443/`, inAws)).toBe('must lead to a public address');
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(null, [
        { address: '8.8.8.8', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ]);
    const call = createCallWebhook({ timeoutMs: 60_000, ...inAws, lookup });
    expect(await call('https://receiver.example/', {}, '{}')).toMatchObject({
      error: 'The name does not lead to public addresses only.',
    });
  });
});

// Forms in which parsers of URLs differ. Each is meant for a host inside.
const oddUrls = [
  'https://2130706433/',
  'https://017700000001/',
  'https://0177.0.0.1/',
  'https://0x7f.0.0.1/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://127.1/',
  'https://127.0.1/',
  'https://127.0.0.1./',
  'https://0/',
  'https://0.0/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://0xa9.0xfe.0xa9.0xfe/',
  'https://0251.0376.0251.0376/',
  'https://169.16689662/',
  'https://169.254.43518/',
  'https://169.254.169.254./',
  'https://１２７.0.0.1/',
  'https://127。0。0。1/',
  'https://127｡0｡0｡1/',
  'https://①②⑦.0.0.1/',
  'https://⑯⑨.254.169.254/',
  'https://%31%32%37.0.0.1/',
  'https://127.0.0.1%2f@example.com/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://a.localhost/',
  'https://ｌｏｃａｌｈｏｓｔ/',
  'https://loc\u00adalhost/',
  'https://example.com@127.0.0.1/',
  'https://127.0.0.1@example.com/',
  'https://example.com:443@127.0.0.1/',
  'https://user@example.com/',
  'https://example.com\\@127.0.0.1/',
  'https:\\\\127.0.0.1\\',
  'https:/127.0.0.1/',
  'https:127.0.0.1',
  'https:///127.0.0.1/',
  '\thttps://127.0.0.1/',
  'ht\ntps://127.0.0.1/',
  'https://127.0\r\n.0.1/',
  'https://127.0.0.1\t/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:ffff:127.0.0.1]/',
  'https://[::]/',
  'https://[::127.0.0.1]/',
  'https://[fe80::1%25eth0]/',
  'https://127.0.0.1#@example.com/',
  'https://example.com:80/',
  'https://example.com:22/',
  'https://example.com:0/',
  'http://example.com/',
  'HTTP://169.254.169.254/',
  'gopher://127.0.0.1:443/_',
  'file:///etc/passwd',
  'data:text/plain,x',
  '//127.0.0.1/',
  'https://',
];

describe('odd forms of URLs', () => {
  it('are more than forty', () => expect(new Set(oddUrls).size).toBeGreaterThanOrEqual(41));

  // What is read as a public host is no harm: the call goes where the check has looked, as both read with the same parser.
  const harmless = new Set(['https://example.com\\@127.0.0.1/']);

  it.each(oddUrls)('%j leads nowhere inside', async (url) => {
    const problem = findUrlProblem(url, inAws);
    if (harmless.has(url)) expect(new URL(url).hostname).toBe('example.com');
    else expect(problem).toBeDefined();
  });

  it('have no line break that gets into a request', () => {
    for (const url of ['https://example.com/\r\nx: y', 'https://example.com/?a=\r\n\r\nGET / HTTP/1.1']) {
      expect(new URL(url).href).not.toMatch(/[\r\n]/);
    }
  });
});
