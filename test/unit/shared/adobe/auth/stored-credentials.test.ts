import { describe, expect, it } from 'vitest';
import { readClientCredentials, readStoredAccessToken } from '#shared/adobe/auth/stored-credentials.ts';

describe('the stored client credentials', () => {
  it.each(['', 'xK9$random', '12345', '"text"', '[]', '{}', '{"placeholder":"x"}'])('are a placeholder: %s', (text) => {
    expect(readClientCredentials(text)).toBeUndefined();
  });

  it('are read with the fields that others have added', () => {
    const stored = { clientId: 'c', clientSecret: 's', orgId: 23294, note: 'ours' };
    expect(readClientCredentials(JSON.stringify(stored))).toEqual({ ...stored, orgId: '23294' });
  });

  it('are read without the white space around any field', () => {
    const stored = {
      clientId: 'c',
      clientSecret: 's',
      secretUuid: 'u',
      orgId: '23294',
      projectId: '45',
      credentialId: '11',
      replacedSecretUuid: 'r',
    };
    const pasted = Object.fromEntries(Object.entries(stored).map(([field, value]) => [field, `\t ${value}\r\n`]));
    expect(readClientCredentials(`${JSON.stringify(pasted)}\n`)).toEqual(stored);
  });

  it.each([
    ['{"clientId":"c","clientSecret":"s3cret",}', 'not valid JSON'],
    ['{"clientId":" \\n","clientSecret":"s3cret"}', 'clientId'],
    ['{"clientId":"","clientSecret":"s3cret"}', 'clientId'],
    ['{"clientSecret":"s3cret"}', 'clientId'],
  ])('are refused without showing a value: %s', (text, problem) => {
    expect(() => readClientCredentials(text)).toThrow(problem);
    expect(() => readClientCredentials(text)).not.toThrow('s3cret');
  });
});

describe('the stored access token', () => {
  it('is a placeholder until it was minted', () => {
    expect(readStoredAccessToken('{"placeholder":"x"}')).toBeUndefined();
  });

  it('is read', () => {
    const stored = { accessToken: 't', expiresAt: 1, clientId: 'c', scope: 'openid' };
    expect(readStoredAccessToken(JSON.stringify(stored))).toEqual(stored);
  });
});
