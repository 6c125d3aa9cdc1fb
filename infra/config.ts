import type { IConstruct } from 'constructs';
import * as z from 'zod';
import { type Settings, settingsSchema } from '#shared/deployment/settings.ts';
import { GatewayError } from '#shared/errors.ts';

/** The key in the context of cdk.json: a map from the name of a stage to its settings. */
export const contextKey = 'firefly-gateway';

/** A deployment of the gateway: `firefly-gateway-<stage>` is the name of its stack. */
export interface Stage {
  name: string;
  settings: Settings;
}

/** The context of cdk.json (or of `-c`) is not usable; the message names every field at fault. */
export class ConfigError extends GatewayError {
  constructor(message: string) {
    super('invalid_settings', message);
  }
}

// Lambda's longest function name has 64 characters: `firefly-gateway-` + stage + `-secret-rotation`.
const stageName = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/, 'use 1 to 20 lower-case letters, digits and hyphens');

/**
 * Reads the stage named by `-c stage=<name>` (or by `stage` in the context of cdk.json) and its settings.
 *
 * @throws {ConfigError} if the stage is unknown, a setting is unknown or a value is impossible
 */
export const readStage = (scope: IConstruct): Stage => {
  const name = parse(stageName, scope.node.tryGetContext('stage'), 'stage');
  const stages = parse(z.record(z.string(), z.unknown()), scope.node.tryGetContext(contextKey), contextKey);
  const values = stages[name];
  if (values === undefined) {
    const known = Object.keys(stages).join(', ') || 'none';
    throw new ConfigError(`cdk.json: ${contextKey} has no stage "${name}" (known stages: ${known})`);
  }
  return { name, settings: parse(settingsSchema(), values, `${contextKey}.${name}`) };
};

const parse = <Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe(issue, path));
  throw new ConfigError(`cdk.json: ${problems.join('; ')}`);
};

const describe = (issue: z.core.$ZodIssue, path: string): string[] => {
  const field = [path, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${field}.${key} is not a setting`);
  return [`${field}: ${issue.message}`];
};
