import { describe, expect, it } from 'vitest';
import { readAdobeTarget } from '#local/adobe-target.ts';
import { readStartOptions } from '#local/cli/start-options.ts';

describe('the options of npm start', () => {
  it('have defaults', () => {
    expect(readStartOptions([])).toMatchObject({
      port: 3000,
      prompt: 'a realistic illustration of a cat coding',
      once: false,
    });
  });

  it.each(['http://localhost:5173', 'https://app.example.com', '*'])('take %s as an origin of pages', (origin) => {
    expect(readStartOptions(['--cors', origin]).cors).toBe(origin);
  });

  it('take the manner of the simulator', () => {
    expect(readStartOptions(['--simulator-manner', 'observed']).simulatorManner).toBe('observed');
  });

  it.each([
    [['--port', '70000'], '--port'],
    [['--port', '-1'], '--port'],
    [['--requests-per-minute', '0'], '--requests-per-minute'],
    [['--poll-seconds', '1.5'], '--poll-seconds'],
    [['--simulator-manner', 'seen'], '--simulator-manner'],
    [['--cors', 'localhost:5173'], '--cors'],
    [['--cors', 'http://example.com'], '--cors'],
    [['--cors', 'file:///page.html'], '--cors'],
    [['--nonsense'], '--nonsense'],
    [['stray'], 'stray'],
  ])('refuse %j and name what is wrong', (args, name) => {
    expect(() => readStartOptions(args)).toThrow(name);
  });
});

describe('the Adobe that npm start talks to', () => {
  it('is the simulator without any setting', () => {
    expect(readAdobeTarget({})).toEqual({});
  });

  it('is Adobe itself with credentials, except where a URL is given', () => {
    const credentials = { FIREFLY_SERVICES_CLIENT_ID: 'id', FIREFLY_SERVICES_CLIENT_SECRET: 'secret' };
    expect(readAdobeTarget({ ...credentials, ADOBE_IMS_URL: 'https://ims.example.com' })).toEqual({
      credentials: { clientId: 'id', clientSecret: 'secret' },
      fireflyUrl: 'https://firefly-api.adobe.io',
      imsUrl: 'https://ims.example.com',
      ioManagementUrl: 'https://api.adobe.io',
    });
  });

  it('may be on loopback without TLS', () => {
    expect(readAdobeTarget({ FIREFLY_API_URL: 'http://127.0.0.1:4020/' })).toEqual({
      fireflyUrl: 'http://127.0.0.1:4020',
    });
    expect(readAdobeTarget({ ADOBE_IO_URL: 'http://[::1]:4020' })).toEqual({ ioManagementUrl: 'http://[::1]:4020' });
  });

  it.each([
    [{ FIREFLY_API_URL: 'http://example.com' }, 'FIREFLY_API_URL must use https'],
    [{ ADOBE_IMS_URL: 'https://example.com/path' }, 'ADOBE_IMS_URL must be an origin'],
    [{ ADOBE_IO_URL: 'https://user@example.com' }, 'ADOBE_IO_URL must be an origin'],
    [{ ADOBE_IO_URL: 'firefly' }, 'ADOBE_IO_URL must be an origin'],
    [{ FIREFLY_SERVICES_CLIENT_ID: 'only-half' }, 'FIREFLY_SERVICES_CLIENT_SECRET'],
  ])('is refused as %j', (env, message) => {
    expect(() => readAdobeTarget(env)).toThrow(message);
  });
});
