import { describe, expect, it } from 'vitest';
import { readAdobeError } from '#shared/adobe/http/errors.ts';
import { audioVideo } from '#shared/adobe/services/audio-video/service.ts';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { classifyRefusal } from '#shared/adobe/services/refusal.ts';

const { dialect } = audioVideo;

const find = (name: string): OperationDefinition => {
  const found = audioVideo.operations.find((operation) => operation.name === `audio-video/${name}`);
  if (found === undefined) throw new Error(`There is no operation ${name}.`);
  return found;
};

describe('acceptances', () => {
  it.each([
    [{ jobId: 'J', statusUrl: 'https://audio-video-api.adobe.io/v1/status/J' }, true],
    [{ statusUrl: 'https://audio-video-api.adobe.io/v1/status/J', cancelUrl: 'none' }, true],
    [{ jobId: 'J' }, false],
    ['J', false],
  ])('%j', (body, isOne) => {
    expect(dialect.readAcceptance(body) !== undefined).toBe(isOne);
  });

  it('of renders alone name a cancel URL', () => {
    const links = { statusUrl: 'https://gateway.test/s', cancelUrl: 'https://gateway.test/c' };
    expect(find('render-template').accepts.write('j', links)).toEqual({ jobId: 'j', ...links });
    expect(find('dub').accepts.write('j', links)).toEqual({ jobId: 'j', statusUrl: links.statusUrl });
  });
});

describe('refusals', () => {
  it.each<[number, string, string]>([
    [400, 'invalid_json', 'final'],
    [401, 'unauthorized_forbidden', 'access'],
    [403, '403000', 'access'],
    [403, '403003', 'access'],
    [403, 'user_not_entitled', 'access'],
    [403, 'user_profile_denied', 'access'],
    [403, 'user_blocked_by_admin', 'access'],
    [403, 'user_blocked_due_to_violation', 'access'],
    [403, 'invalid_subscription', 'access'],
    [403, 'access_error', 'access'],
    [403, 'quota_exhausted', 'quota'],
    [403, 'taste_exhausted', 'quota'],
    [404, 'not_found', 'final'],
    [405, '405001', 'final'],
    [422, 'validation_error', 'final'],
    [429, '429050', 'rate'],
    [429, 'rate_limited', 'rate'],
    [451, 'unauthorized_legal_reasons', 'content'],
    [500, 'runtime_error', 'unknown'],
    [502, '', 'unknown'],
    [503, 'unavailable', 'unknown'],
  ])('%s %s is %s', (status, code, kind) => {
    const error = readAdobeError(status, JSON.stringify({ error_code: code, message: 'No.' }));
    expect(classifyRefusal(error, dialect)).toBe(kind);
  });

  it('of the gateway are in the words of the service', () => {
    const refused = { status: 422, code: 'validation_error', message: 'No.', fields: [] };
    expect(dialect.presentRefusal?.(refused, find('dub'))).toEqual({ error_code: 'validation_error', message: 'No.' });
  });
});
