import { describe, expect, it } from 'vitest';
import { getUrlVariable, readAdobeTarget } from '#local/adobe-target.ts';
import { readStartOptions, usage } from '#local/cli/start-options.ts';
import { simulatedServices } from '#local/simulator/services.ts';
import { services } from '#shared/adobe/services/registry.ts';

describe('the options of npm start', () => {
  it('have defaults', () => {
    expect(readStartOptions([])).toMatchObject({
      port: 3000,
      once: false,
    });
  });

  it('keep everything in a folder if they say so or a real account pays, unless they say otherwise', () => {
    expect(readStartOptions([]).data).toBeUndefined();
    expect(readStartOptions(['--data', 'kept']).data).toBe('kept');
    expect(readStartOptions([], true).data).toBe('.firefly-gateway');
    expect(readStartOptions(['--memory'], true).data).toBeUndefined();
    expect(() => readStartOptions(['--memory', '--data', 'kept'])).toThrow('one of them');
  });

  it.each(['http://localhost:5173', 'https://app.example.com', '*'])('take %s as an origin of pages', (origin) => {
    expect(readStartOptions(['--cors', origin]).cors).toBe(origin);
  });

  it('take the manner of the simulator', () => {
    expect(readStartOptions(['--simulator-manner', 'observed']).simulatorManner).toBe('observed');
  });

  it('find a simulator for every service', () => {
    const others = services.map(({ id }) => id).filter((id) => id !== 'firefly');
    expect(simulatedServices.map(({ id }) => id).sort()).toEqual(others.sort());
  });

  it('turn on services beside Firefly, by their ids or all', () => {
    const others = services.map(({ id }) => id).filter((id) => id !== 'firefly');
    expect(readStartOptions([]).services).toEqual([]);
    expect(readStartOptions(['--services', 'all']).services).toEqual(others);
    expect(readStartOptions(['--services', ['firefly', ...others].join(', ')]).services).toEqual(others);
    for (const id of others) expect(usage).toContain(id);
  });

  it.each([
    [['--services', 'firefly,photo-shop'], 'photo-shop'],
    [['--services', ''], 'of firefly'],
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
    expect(readAdobeTarget({})).toEqual({ serviceUrls: {} });
  });

  it('is Adobe itself with credentials, except where a URL is given', () => {
    const credentials = { FIREFLY_SERVICES_CLIENT_ID: 'id', FIREFLY_SERVICES_CLIENT_SECRET: 'secret' };
    expect(readAdobeTarget({ ...credentials, ADOBE_IMS_URL: 'https://ims.example.com' })).toEqual({
      credentials: { clientId: 'id', clientSecret: 'secret' },
      serviceUrls: Object.fromEntries(services.map(({ id, baseUrl }) => [id, baseUrl])),
      imsUrl: 'https://ims.example.com',
      ioManagementUrl: 'https://api.adobe.io',
    });
  });

  it('may be on loopback without TLS', () => {
    expect(readAdobeTarget({ FIREFLY_API_URL: 'http://127.0.0.1:4020/' }).serviceUrls).toEqual({
      firefly: 'http://127.0.0.1:4020',
    });
    expect(readAdobeTarget({ ADOBE_IO_URL: 'http://[::1]:4020' }).ioManagementUrl).toBe('http://[::1]:4020');
  });

  it('is another server for each service by a variable of its name', () => {
    const variables = services.map(getUrlVariable);
    expect(variables).toContain('FIREFLY_API_URL');
    const given = Object.fromEntries(variables.map((name, index) => [name, `https://${index}.example.com`]));
    expect(Object.values(readAdobeTarget(given).serviceUrls ?? {})).toEqual(Object.values(given));
    expect(getUrlVariable({ id: 'audio-video' })).toBe('AUDIO_VIDEO_API_URL');
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
