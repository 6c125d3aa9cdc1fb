import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { inTier } from '#test/fixtures/tier.ts';

const adobeOnly = createAllowList(['.adobe.io']);

describe('a host suffix', () => {
  it('allows https on any subdomain, with any path and query', () => {
    expect(adobeOnly('https://firefly-api.adobe.io/v3/status/urn:ff:jobs:eso851211:8b2c')).toBe(true);
    expect(adobeOnly('https://firefly-epo854211.adobe.io/v3/status/x?y=https://evil.com')).toBe(true);
    expect(adobeOnly('HTTPS://A.B.ADOBE.IO:443/')).toBe(true);
  });

  it.each([
    ['another protocol', 'http://firefly-api.adobe.io/'],
    ['another protocol', 'ftp://firefly-api.adobe.io/'],
    ['an opaque URL', 'blob:https://firefly-api.adobe.io/1'],
    ['an opaque URL', 'data:text/html,https://firefly-api.adobe.io/'],
    ['the bare domain', 'https://adobe.io/'],
    ['a look-alike', 'https://evil-adobe.io/'],
    ['a look-alike', 'https://firefly-api.adobe.io.evil.com/'],
    ['a look-alike', 'https://firefly-api.adobe.io./'],
    ['user information', 'https://firefly-api.adobe.io@evil.com/'],
    ['user information', 'https://user@firefly-api.adobe.io/'],
    ['user information', 'https://:secret@firefly-api.adobe.io/'],
    ['another port', 'https://firefly-api.adobe.io:8443/'],
    ['a backslash', 'https://evil.com\\.adobe.io/'],
    ['a fragment', 'https://evil.com/#.adobe.io'],
    ['an encoded slash', 'https://evil.com%2f.adobe.io/'],
    ['no URL', '/v3/status/1'],
    ['no URL', ''],
  ])('refuses %s: %s', (_, url) => {
    expect(adobeOnly(url)).toBe(false);
  });

  it('never allows anything but https on a host under the domain, whatever the URL', () => {
    let allowed = 0;
    const piece = fc.constantFrom(
      'https://',
      'http://',
      'blob:',
      '.adobe.io',
      'adobe.io',
      'evil.com',
      '@',
      ':',
      '/',
      '\\',
      '?',
      '#',
      '%2e',
      ':443',
      ':80',
      'a',
      '.',
      '\t',
      '。',
    );
    fc.assert(
      fc.property(
        // Some begin as an allowed one does, so that each run has a few of those.
        fc.constantFrom('', '', 'https://a', 'https://a.adobe.io'),
        fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('')),
        (begin, rest) => {
          const text = begin + rest;
          if (!adobeOnly(text)) return;
          allowed += 1;
          const url = new URL(text);
          expect(url.protocol).toBe('https:');
          expect(url.hostname.split('.').slice(-2)).toEqual(['adobe', 'io']);
          expect([url.port, url.username, url.password]).toEqual(['', '', '']);
        },
      ),
      { numRuns: inTier(1_000, 10_000) },
    );
    expect(allowed).toBeGreaterThan(0);
  });
});

describe('an origin', () => {
  const loopback = createAllowList(['http://127.0.0.1:4020', 'https://proxy.example.com']);

  it('allows itself only', () => {
    expect(loopback('http://127.0.0.1:4020/v3/status/1')).toBe(true);
    expect(loopback('https://proxy.example.com/v3/status/1')).toBe(true);
    expect(loopback('https://127.0.0.1:4020/')).toBe(false);
    expect(loopback('http://127.0.0.1:4021/')).toBe(false);
    expect(loopback('http://127.0.0.1:4020@evil.com/')).toBe(false);
    expect(loopback('http://proxy.example.com/')).toBe(false);
    expect(loopback('https://sub.proxy.example.com/')).toBe(false);
    expect(loopback('blob:https://proxy.example.com/1')).toBe(false);
  });

  it('must be one: a mistake in the settings stops the start instead of allowing more', () => {
    expect(() => createAllowList(['localhost:4020'])).toThrow(TypeError);
    expect(() => createAllowList(['adobe.io'])).toThrow(TypeError);
    expect(() => createAllowList(['data:x'])).toThrow(TypeError);
  });
});

it('allows nothing without entries', () => {
  expect(createAllowList([])('https://firefly-api.adobe.io/')).toBe(false);
});
