import packageJson from '../package.json' with { type: 'json' };

/** Settings of the embedded stack; the defaults are those of the stack in AWS. */
export interface StackSettings {
  version: string;
  requestsPerMinute: number;
  requestsPerDay: number;
  submitGraceSeconds: number;
  /** Seconds between polls of a job at Adobe; by default the pauses grow as each operation has it. */
  pollSeconds?: number;
  /** Seconds after which a job that Adobe does not finish is given up; by default each operation's own. */
  jobTimeoutSeconds?: number;
  outputUrlLifetimeSeconds: number;
  outputMaxBytes: number;
  inputMaxBytes: number;
  /** Buckets beside the stack's own from which inputs are read. */
  inputBuckets: string[];
  /** Origins besides Adobe's own hosts that status URLs and outputs may lie on. */
  trustedOrigins: string[];
  /** Origins of browsers that may call the API. */
  corsOrigins: string[];
  /** Sandboxes of the API that may run at the same time. */
  apiConcurrency: number;
  /** Largest file of requests, in bytes. */
  batchMaxBytes: number;
  /** Most requests in a file. */
  batchMaxLines: number;
  /** Sandboxes of generate that may run at the same time; waiting jobs hold none. */
  generateConcurrency: number;
}

/** The defaults, with whatever a caller changes. */
export const stackSettings = (changes: Partial<StackSettings>): StackSettings => ({
  version: packageJson.version,
  requestsPerMinute: 4,
  requestsPerDay: 9_000,
  submitGraceSeconds: 3,
  outputUrlLifetimeSeconds: 3_600,
  outputMaxBytes: 1_073_741_824,
  inputMaxBytes: 10 * 1024 * 1024,
  inputBuckets: [],
  trustedOrigins: [],
  corsOrigins: [],
  batchMaxBytes: 1_000_000_000,
  batchMaxLines: 100_000,
  apiConcurrency: 4,
  generateConcurrency: 4,
  ...changes,
});

/** Names of the embedded stack's resources, as `cdk deploy` would name them for the stage `local`. */
export const stackNames = {
  stack: 'firefly-gateway-local',
  bucket: 'firefly-gateway-local-outputs',
  table: 'firefly-gateway-local-jobs',
  intentTable: 'firefly-gateway-local-rotation-intents',
  webhookTable: 'firefly-gateway-local-webhooks',
  eventBus: 'default',
  accessTokenSecret: 'firefly-gateway-local/access-token',
  clientCredentialsSecret: 'firefly-gateway-local/client-credentials',
  functions: {
    api: 'firefly-gateway-local-api',
    dispatch: 'firefly-gateway-local-dispatch',
    generate: 'firefly-gateway-local-generate',
    inbox: 'firefly-gateway-local-inbox',
    notify: 'firefly-gateway-local-notify',
    tokenRefresh: 'firefly-gateway-local-token-refresh',
    secretRotation: 'firefly-gateway-local-secret-rotation',
  },
} as const;

/** Names of a stack's resources. */
export type StackNames = typeof stackNames;
