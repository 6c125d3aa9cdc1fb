import { AwsV4Signer } from 'aws4fetch';

/** A call that goes on to the gateway. */
export interface ForwardedCall {
  method: string;
  /** Path and query as they came in. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array<ArrayBuffer>;
}

/** What of an answer goes back to the browser. */
export interface ForwardedAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** AWS credentials of the operator, read anew for each call: sessions end and are renewed while the console is open. */
export type ReadCredentials = () => Promise<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}>;

/** The gateway of the stage, and whom to call it as. */
export interface Target {
  /** Without a slash at its end. */
  gatewayUrl: string;
  region: string;
  readCredentials: ReadCredentials;
}

// What the connection to the browser is about, and what would let a page act under another name.
const withheld: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'proxy-authorization',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

// The body of an answer is decoded on the way, and its length another.
const ofTheConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'set-cookie',
  'strict-transport-security',
  'transfer-encoding',
]);

// API Gateway ends a call after 30 s.
const timeoutMs = 35_000;

/**
 * Makes the way of a call to the gateway, signed (SigV4, service `execute-api`) with the operator's credentials. Redirects go back as they are: they
 * lead to the bucket, which takes no such signature.
 *
 * @throws {TypeError} from the function made, if the gateway cannot be reached; what the provider of the credentials throws
 */
export const createForward =
  ({ gatewayUrl, region, readCredentials }: Target): ((call: ForwardedCall) => Promise<ForwardedAnswer>) =>
  async ({ method, target, headers, body }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await readCredentials();
    const signer = new AwsV4Signer({
      method,
      // The target begins with a slash, so that it cannot name another host.
      url: `${gatewayUrl}${target}`,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !withheld.has(name.toLowerCase()))),
      body,
      accessKeyId,
      secretAccessKey,
      sessionToken,
      service: 'execute-api',
      region,
    });
    const signed = await signer.sign();
    const answer = await fetch(signed.url, {
      method: signed.method,
      headers: signed.headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => !ofTheConnection.has(name))),
      body: new Uint8Array(await answer.arrayBuffer()),
    };
  };
