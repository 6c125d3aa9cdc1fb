import { fileURLToPath } from 'node:url';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { vi } from 'vitest';
import type { FunctionDefinition } from '#local/lambda/function-definition.ts';
import { type Lambda, type LambdaOptions, startLambda } from '#local/lambda/start-lambda.ts';

/** Absolute path of a fixture. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A function over one of the fixtures. */
export const functionOf = (
  handler: string,
  definition: Partial<FunctionDefinition> & { name: string },
): FunctionDefinition => ({ handlerPath: fixture(handler), env: {}, timeoutMs: 10_000, ...definition });

/** Repeats a check until it passes; a machine under load may start sandboxes slowly. */
export const eventually = <Result>(check: () => Result | Promise<Result>): Promise<Result> =>
  vi.waitFor(check, { timeout: 60_000 });

/** A running service, a client that speaks to it, and what its functions have logged. */
export interface LambdaService {
  lambda: Lambda;
  client: LambdaClient;
  lines: string[];
  close(): Promise<void>;
}

/** Starts a service and a client for it; every function is told the address of the service. */
export const startService = async (
  functions: readonly FunctionDefinition[],
  options: LambdaOptions = {},
): Promise<LambdaService> => {
  const lines: string[] = [];
  const lambda = await startLambda({ onLog: (_name, line) => lines.push(line), ...options });
  for (const definition of functions) {
    lambda.addFunction({ ...definition, env: { AWS_ENDPOINT_URL_LAMBDA: lambda.url, ...definition.env } });
  }
  const client = new LambdaClient({
    endpoint: lambda.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  return {
    lambda,
    client,
    lines,
    close: async () => {
      client.destroy();
      await lambda.close();
    },
  };
};
