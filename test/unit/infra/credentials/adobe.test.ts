import { describe, expect, it } from 'vitest';
import { readAdobeSettings } from '#infra/credentials/adobe.ts';
import { UsageError } from '#infra/credentials/errors.ts';
import { createOutput } from '#infra/credentials/terminal.ts';
import { captured } from './captured.ts';

const stack = {
  TABLE_NAME: 'jobs',
  ADOBE_IMS_URL: 'https://ims.example.com',
  ADOBE_IO_URL: 'https://io.example.com',
  FIREFLY_API_URL: 'https://firefly.example.com',
  GENERATION_SCOPES: 'one,two',
  MANAGEMENT_SCOPES: 'three',
  SERVICE_ACCESS: '{"firefly":{"scopes":["one"],"url":"https://firefly.example.com/v3/status/x"}}',
};

describe('where Adobe is', () => {
  it("is the stack's business", () => {
    const { TABLE_NAME: _table, ...settings } = stack;
    expect(readAdobeSettings({}, stack)).toEqual({ settings, differing: [] });
  });

  it("is Adobe's own addresses before there is a stack", () => {
    const { settings } = readAdobeSettings({}, undefined);
    expect(settings).toMatchObject({
      ADOBE_IMS_URL: 'https://ims-na1.adobelogin.com',
      ADOBE_IO_URL: 'https://api.adobe.io',
      FIREFLY_API_URL: 'https://firefly-api.adobe.io',
    });
    expect(settings.MANAGEMENT_SCOPES.split(',')).toContain('manage_client_secrets');
  });

  it('can be changed by the environment, which is told if it differs from the stack', () => {
    const env = { ADOBE_IMS_URL: 'http://127.0.0.1:4020', ADOBE_IO_URL: stack.ADOBE_IO_URL };
    const { settings, differing } = readAdobeSettings(env, stack);
    expect(settings.ADOBE_IMS_URL).toBe('http://127.0.0.1:4020');
    expect(differing).toEqual(['ADOBE_IMS_URL']);
  });

  it('is where the token may go for a service: https, or loopback', () => {
    const needs = (url: string) => JSON.stringify({ press: { scopes: [], url } });
    expect(() => readAdobeSettings({ SERVICE_ACCESS: needs('http://127.0.0.1:1/x') }, stack)).not.toThrow();
    expect(() => readAdobeSettings({ SERVICE_ACCESS: needs('http://example.com/x') }, stack)).toThrow(/SERVICE_ACCESS/);
    expect(() => readAdobeSettings({ SERVICE_ACCESS: '[' }, stack)).toThrow(/SERVICE_ACCESS/);
  });

  it.each(['http://ims.example.com', 'ims.example.com', 'ftp://127.0.0.1'])(
    'is not %s: the secret is sent there',
    (url) => {
      expect(() => readAdobeSettings({ ADOBE_IMS_URL: url }, stack)).toThrow(UsageError);
      expect(() => readAdobeSettings({ ADOBE_IMS_URL: url }, stack)).toThrow(/ADOBE_IMS_URL: must be an https URL/);
    },
  );
});

describe('the output', () => {
  it('shows no secret that it knows, whoever says it', () => {
    const { stdout, stderr, text } = captured();
    const output = createOutput({ stdout, stderr });
    output.conceal('');
    output.conceal('a-secret');
    output.say('stored a-secret');
    output.complain('refused a-secret, a-secret');
    expect(text()).toEqual({ stdout: 'stored ***\n', stderr: 'refused ***, ***\n' });
  });
});
