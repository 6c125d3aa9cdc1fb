import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { UsageError } from '#infra/credentials/errors.ts';
import { isGiven, readGiven } from '#infra/credentials/inputs.ts';
import { openPrompt, type Prompt } from '#infra/credentials/terminal.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';

const page = 'https://developer.adobe.com/console/projects/23294/456/credentials/112233/details/oauthservertoserver';
const ids = { orgId: '23294', projectId: '456', credentialId: '112233' };
const given = { clientId: 'client', clientSecret: 'a-secret', ...ids };
const env = {
  FIREFLY_SERVICES_CLIENT_ID: 'client',
  FIREFLY_SERVICES_CLIENT_SECRET: 'a-secret',
  FIREFLY_SERVICES_CREDENTIAL_URL: page,
};

/** Answers in order, and remembers how it was asked. */
const scripted = (...answers: string[]) => {
  const asked: { question: string; hidden: boolean }[] = [];
  const answer = (hidden: boolean) => async (question: string) => {
    asked.push({ question, hidden });
    return answers[asked.length - 1] ?? '';
  };
  const prompt: Prompt = { ask: answer(false), askHidden: answer(true) };
  return { prompt, asked };
};

describe('the credential that is handed over', () => {
  it('comes from the environment, spaces around it removed', async () => {
    const spaced = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, ` ${value}\n`]));
    expect(await readGiven(spaced, undefined, undefined)).toEqual(given);
    expect(isGiven(env)).toBe(true);
    expect(isGiven({ FIREFLY_SERVICES_CLIENT_ID: ' ', PATH: '/bin' })).toBe(false);
  });

  it('is asked for where the environment has nothing, the secret hidden', async () => {
    const { prompt, asked } = scripted('client', 'a-secret', page);
    expect(await readGiven({}, prompt, undefined)).toEqual(given);
    expect(asked.map(({ hidden }) => hidden)).toEqual([false, true, false]);
  });

  it('is asked for again until there is an answer', async () => {
    const { prompt, asked } = scripted('', '', 'client', '', 'a-secret', page);
    expect(await readGiven({}, prompt, undefined)).toEqual(given);
    expect(asked).toHaveLength(6);
  });

  it('need not be typed again if it is stored', async () => {
    const stored: ClientCredentials = { ...given, secretUuid: 'u-1' };
    const { prompt, asked } = scripted('', '', '');
    expect(await readGiven({}, prompt, stored)).toEqual(given);
    expect(asked.map(({ question }) => question).join()).not.toContain('a-secret');
  });

  it('takes nothing from the stored credentials of another client id', async () => {
    const { prompt } = scripted('other', '', 'b-secret', '', page);
    const read = await readGiven({}, prompt, { ...given });
    expect(read).toEqual({ ...given, clientId: 'other', clientSecret: 'b-secret' });
  });

  it('is missed by the names of its variables if there is nobody to ask', async () => {
    const read = readGiven({ FIREFLY_SERVICES_CLIENT_ID: 'client' }, undefined, { ...given });
    await expect(read).rejects.toThrow(UsageError);
    await expect(read).rejects.toThrow(/FIREFLY_SERVICES_CLIENT_SECRET, FIREFLY_SERVICES_CREDENTIAL_URL\. Set them/);
  });

  it.each(['no url', 'https://developer.adobe.com/console', page.replace('23294', 'ABC@AdobeOrg')])(
    'is refused with another address than that of the page: %s',
    async (url) => {
      const wrong = { ...env, FIREFLY_SERVICES_CREDENTIAL_URL: url };
      await expect(readGiven(wrong, undefined, undefined)).rejects.toThrow(
        /FIREFLY_SERVICES_CREDENTIAL_URL must be like/,
      );
    },
  );
});

describe('the prompt', () => {
  const terminal = () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    const shown: string[] = [];
    output.on('data', (chunk: Buffer) => shown.push(chunk.toString()));
    return { input, output, shown: () => shown.join('') };
  };

  it('is not there without a terminal', () => {
    expect(openPrompt({ input: new PassThrough(), output: new PassThrough() })).toBeUndefined();
  });

  it('shows what is typed, except where it is hidden', async () => {
    const { input, output, shown } = terminal();
    const prompt = openPrompt({ input, output });
    const id = prompt?.ask('Client id: ');
    await expect.poll(shown).toContain('Client id:');
    input.write('client\n');
    expect(await id).toBe('client');
    const secret = prompt?.askHidden('Client secret: ');
    await expect.poll(shown).toContain('Client secret:');
    // Ctrl-T would show what was typed, were the key not taken from the prompt.
    input.write('a-sec\u0014ret\n');
    expect(await secret).toBe('a-secret');
    expect(shown()).toContain('client');
    expect(shown()).not.toContain('a-sec');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['the end of the input', undefined],
  ])('ends the command at %s', async (_name, key) => {
    const { input, output, shown } = terminal();
    const answer = openPrompt({ input, output })?.askHidden('Client secret: ');
    const ended = expect(answer).rejects.toThrow('Broken off');
    await expect.poll(shown).toContain('Client secret:');
    if (key === undefined) input.end();
    else input.write(key);
    await ended;
  });
});
