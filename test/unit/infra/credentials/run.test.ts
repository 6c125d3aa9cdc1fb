import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCredentials } from '#infra/credentials/run.ts';
import { captured } from './captured.ts';

const run = async (...args: string[]) => {
  const streams = captured();
  const code = await runCredentials({
    args,
    env: {},
    stdin: new PassThrough(),
    signals: new EventEmitter(),
    ...streams,
  });
  return { code, ...streams.text() };
};

describe('the credentials command without an AWS account to work on', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nonexistent');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('explains itself', async () => {
    expect(await run('--help')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('--compromised'),
    });
  });

  it('ends with 2 for an option that does not exist', async () => {
    expect(await run('--no-such')).toEqual({
      code: 2,
      stdout: '',
      stderr: "Unknown option '--no-such'. --help lists the options.\n",
    });
  });

  it('says that it does not know the region', async () => {
    expect(await run('--check')).toMatchObject({ code: 1, stderr: expect.stringContaining('--region') });
  });

  it('says that it is not logged in', async () => {
    const ran = await run('--check', '--region', 'eu-west-1');
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('Log in to AWS') });
  });

  it('says that it cannot reach AWS', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'any');
    // Nothing listens on the port for discarding.
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', 'http://127.0.0.1:9');
    const ran = await run('--check', '--region', 'eu-west-1');
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('AWS could not be reached.') });
  });
});
