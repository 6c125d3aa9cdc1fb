import { describe, expect, it } from 'vitest';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { readConsoleUrl } from '#shared/adobe/console/console-url.ts';
import { type CredentialCheckOptions, checkCredential } from '#shared/adobe/console/credential-check.ts';
import type { ListedSecret } from '#shared/adobe/console/io-management.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';

interface AdobeChanges extends Partial<CredentialCheckOptions> {
  accessToken?: string;
  refuses?: { scopes: string; error: Error };
}

/** A token as IMS writes it. */
const tokenWith = (scope: string): string =>
  `e30.${Buffer.from(JSON.stringify({ scope: `${scope},manage_client_secrets` })).toString('base64url')}.c2ln`;

const createAdobe = ({ refuses, accessToken = 'token', ...changes }: AdobeChanges = {}) => {
  let now = 1_000_000;
  const waits: number[] = [];
  const own: ListedSecret = { uuid: 'own', createdAt: 1 };
  const other: ListedSecret = { uuid: 'other', createdAt: 2, lastUsedAt: 900_000 };
  const listed = [other, own];
  const options: CredentialCheckOptions = {
    ims: {
      mint: async ({ scopes }) => {
        if (refuses?.scopes === scopes) throw refuses.error;
        now += 10;
        own.lastUsedAt = now;
        return { accessToken, expiresAt: now + 86_400_000 };
      },
    },
    openIoManagement: () => ({
      list: async () => ({ clientId: 'client', secrets: structuredClone(listed) }),
      add: () => Promise.reject(new Error('a check adds nothing')),
      delete: () => Promise.reject(new Error('a check deletes nothing')),
    }),
    checkFirefly: async () => ({ kind: 'accepted' }),
    clientId: 'client',
    clientSecret: 's3cret',
    generationScopes: 'firefly_api',
    serviceNeeds: { firefly: { scopes: ['firefly_api'], url: 'https://firefly.example.com/absent' } },
    checkAccess: async () => ({ kind: 'accepted' }),
    managementScopes: 'manage_client_secrets',
    clock: { now: () => now },
    sleep: async (ms) => {
      now += ms;
    },
    patienceMs: 5_000,
    onAccessWait: (seconds) => waits.push(seconds),
    ...changes,
  };
  return { options, own, other, listed, waits };
};

const lists = (
  list: () => Promise<{ clientId: string; secrets: ListedSecret[] }>,
): Partial<CredentialCheckOptions> => ({
  openIoManagement: () => ({
    list,
    add: () => Promise.reject(new Error('unexpected')),
    delete: () => Promise.reject(new Error('unexpected')),
  }),
});

const invalidScope = new ImsError({ kind: 'configuration', status: 400, code: 'invalid_scope' });
const invalidClient = new ImsError({ kind: 'invalid_client', status: 400, code: 'invalid_client' });

describe('checking a credential', () => {
  it('finds out which of the listed secrets is the given one', async () => {
    const report = await checkCredential(createAdobe().options);
    expect(report).toMatchObject({ ok: true, secretUuid: 'own' });
    expect(report.parts.map(({ part }) => part)).toEqual([
      'generation_token',
      'firefly_access',
      'management_token',
      'secret_list',
      'own_secret',
    ]);
  });

  it.each<[string, AdobeChanges, string, string]>([
    [
      'generation scopes',
      { refuses: { scopes: 'firefly_api', error: invalidScope } },
      'generation_token',
      'add the API "Firefly - Firefly',
    ],
    [
      'the API of the scopes',
      {
        refuses: {
          scopes: 'firefly_api',
          error: new ImsError({ kind: 'configuration', status: 400, code: 'unauthorized_client' }),
        },
      },
      'generation_token',
      'The project lacks the API of these scopes.',
    ],
    [
      'a scope that IMS does not know',
      { accessToken: tokenWith('openid,firefly_api'), generationScopes: 'firefly_api,firefly_apix,openid' },
      'generation_token',
      'IMS made a token and left out firefly_apix. Correct the scopes in the settings',
    ],
    [
      'management scopes',
      { refuses: { scopes: 'manage_client_secrets', error: invalidScope } },
      'management_token',
      '"I/O Management API"',
    ],
    [
      'a right secret',
      { refuses: { scopes: 'firefly_api', error: invalidClient } },
      'generation_token',
      'Copy client id and client secret',
    ],
    [
      'a right console URL',
      lists(() =>
        Promise.reject(
          new IoManagementError({ kind: 'not_found', operation: 'list', code: '404', message: 'No such credential' }),
        ),
      ),
      'secret_list',
      'Copy the console URL again',
    ],
    [
      'the same credential in the console URL',
      lists(async () => ({ clientId: 'another', secrets: [] })),
      'secret_list',
      'that of the client id another',
    ],
    [
      'Firefly in the product profile',
      { checkFirefly: async () => ({ kind: 'refused', error: { status: 403, code: '403003', message: 'Api Key' } }) },
      'firefly_access',
      'product profile',
    ],
  ])('says what to do if it lacks %s', async (_, changes, part, advice) => {
    const report = await checkCredential(createAdobe(changes).options);
    expect(report.ok).toBe(false);
    const failed = report.parts.filter(({ ok }) => !ok);
    expect(failed).toEqual([{ part, ok: false, advice: expect.stringContaining(advice) }]);
    expect(JSON.stringify(report)).not.toContain('s3cret');
  });

  it('tells of each service what it lacks, and fails for none but Firefly', async () => {
    const at = (id: string) => `https://${id}.example.com/absent`;
    const refusal = { status: 403, code: 'user_not_entitled', message: 'no' };
    const report = await checkCredential(
      createAdobe({
        accessToken: tokenWith('firefly_api,ee.paper'),
        generationScopes: 'firefly_api,ee.press,ee.paper',
        serviceNeeds: {
          firefly: { scopes: ['firefly_api'], url: at('firefly') },
          press: { scopes: ['firefly_api', 'ee.press'], url: at('press') },
          paper: { scopes: ['ee.paper'], url: at('paper') },
          ink: { scopes: [], url: at('ink') },
        },
        checkAccess: async (url) => {
          if (url === at('ink')) throw new Error('no route');
          return url === at('paper') ? { kind: 'refused', error: refusal } : { kind: 'accepted' };
        },
      }).options,
    );
    expect(report.ok).toBe(true);
    expect(report.grants).toEqual({
      firefly: { missingScopes: [] },
      press: { missingScopes: ['ee.press'], access: 'granted' },
      paper: { missingScopes: [], access: 'refused', error: { code: 'user_not_entitled', message: 'no' } },
      ink: { missingScopes: [], access: 'unknown' },
    });
  });

  it('waits for a new credential that Firefly refuses, says so, and goes on', async () => {
    const answers = [403, 403];
    const { options, waits } = createAdobe({
      checkFirefly: async () => {
        const status = answers.shift();
        if (status === undefined) return { kind: 'accepted' };
        return { kind: 'refused', error: { status, code: '403003', message: 'Api Key is invalid' } };
      },
    });
    expect(await checkCredential(options)).toMatchObject({ ok: true, secretUuid: 'own' });
    expect(waits).toEqual([15, 30]);
  });

  it('does not wait for what no time changes', async () => {
    const { options, waits } = createAdobe({
      checkFirefly: async () => ({ kind: 'refused', error: { status: 401, code: '401013', message: 'no' } }),
    });
    expect(await checkCredential(options)).toMatchObject({ ok: false });
    expect(waits).toEqual([]);
  });

  it('asks for the uuid if two secrets are in use at the same time', async () => {
    const { options, listed } = createAdobe();
    const busy = lists(async () => ({
      clientId: 'client',
      secrets: listed.map((secret) => ({ ...secret, lastUsedAt: options.clock.now() })),
    }));
    const report = await checkCredential({ ...options, ...busy });
    expect(report.parts.at(-1)).toMatchObject({
      part: 'own_secret',
      ok: false,
      advice: expect.stringContaining('secretUuid'),
    });
    expect(report.listed.map(({ uuid }) => uuid)).toEqual(['other', 'own']);
  });

  it('needs no sign of use to know the only secret', async () => {
    const only = lists(async () => ({ clientId: 'client', secrets: [{ uuid: 'only', createdAt: 1 }] }));
    expect(await checkCredential(createAdobe(only).options)).toMatchObject({ ok: true, secretUuid: 'only' });
  });
});

describe('the console URL', () => {
  it('tells the ids of the credential', () => {
    const url =
      'https://developer.adobe.com/console/projects/23294/4566206088345177434/credentials/112233/details/oauthservertoserver';
    expect(readConsoleUrl(url)).toEqual({
      orgId: '23294',
      projectId: '4566206088345177434',
      credentialId: '112233',
    });
  });

  it.each(['', 'no url', 'https://developer.adobe.com/console/projects/23294', 'https://x/projects/a/b/credentials/c'])(
    'is refused if it is something else: %s',
    (text) => expect(readConsoleUrl(text)).toBeUndefined(),
  );
});
