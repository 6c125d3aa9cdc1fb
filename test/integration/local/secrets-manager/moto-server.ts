import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Python's moto, an independent Secrets Manager, running on 127.0.0.1. */
export interface MotoServer {
  url: string;
  /** A Lambda function that succeeds and does nothing: moto refuses to rotate with an ARN that it does not know. */
  rotationFunctionArn: string;
  close(): Promise<void>;
}

/** Whether `moto_server` is on the PATH. */
export const motoIsInstalled = (): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'moto_server'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

const expectOk = async (response: Response): Promise<Response> => {
  if (!response.ok) throw new Error(`moto answered ${response.status}: ${await response.text()}`);
  return response;
};

const createRotationFunction = async (url: string): Promise<string> => {
  await expectOk(await fetch(`${url}/moto-api/config`, { method: 'POST', body: '{"lambda":{"use_docker":false}}' }));
  const role = new URLSearchParams({
    Action: 'CreateRole',
    Version: '2010-05-08',
    RoleName: 'rotation',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }),
  });
  await expectOk(await fetch(url, { method: 'POST', headers: signedFor('iam'), body: role }));
  const created = await expectOk(
    await fetch(`${url}/2015-03-31/functions`, {
      method: 'POST',
      headers: signedFor('lambda'),
      body: JSON.stringify({
        FunctionName: 'rotation',
        Runtime: 'nodejs22.x',
        Role: 'arn:aws:iam::123456789012:role/rotation',
        Handler: 'index.handler',
        // An empty zip archive.
        Code: { ZipFile: Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex').toString('base64') },
      }),
    }),
  );
  const { FunctionArn } = (await created.json()) as { FunctionArn: string };
  return FunctionArn;
};

/** Starts `moto_server` on a free port with one rotation function; it does not outlive `close()`. */
export const startMotoServer = async (): Promise<MotoServer> => {
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const close = async () => {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  };
  const lines = createInterface({ input: child.stderr });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`moto_server ended with ${code}`)));
    lines.on('line', (line) => {
      const address = /Running on (http:\/\/[\d.:]+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
  });
  return { url, rotationFunctionArn: await createRotationFunction(url), close };
};
