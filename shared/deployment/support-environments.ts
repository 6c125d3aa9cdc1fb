import * as z from 'zod/mini';
import { once } from '../once.ts';
import { defineEnvironment, gatewayUrl, json, list, nonNegative, text, wholeNumber } from './environment.ts';

// Functions that know nothing of Adobe's services: apart, so that their bundles hold none of the operations.

/** What every function is given for its platform: Powertools reads it, and some functions the name of the stack. */
export const commonEnvironment = defineEnvironment(() => ({
  stackName: text(),
  powertoolsServiceName: text(),
  powertoolsMetricsNamespace: text(),
  powertoolsLogLevel: text(),
}));

/** What the credential needs for each service that is on: scopes, and a call that tells whether it is let in. */
const serviceAccess = once(() => json(z.record(z.string(), z.object({ scopes: z.array(z.string()), url: z.url() }))));

/** What the credential needs for each service that is on. */
export type ServiceAccessNeeds = z.output<ReturnType<typeof serviceAccess>>;

/** The environment of token-refresh. */
export const tokenRefreshEnvironment = defineEnvironment(() => ({
  tableName: text(),
  clientCredentialsSecretId: text(),
  accessTokenSecretId: text(),
  adobeImsUrl: z.url(),
  generationScopes: list(),
  serviceAccess: serviceAccess(),
}));

/** The environment of secret-rotation. */
export const secretRotationEnvironment = defineEnvironment(() => ({
  tableName: text(),
  rotationTableName: text(),
  auditTableName: text(),
  clientCredentialsSecretId: text(),
  tokenRefreshFunctionName: text(),
  adobeImsUrl: z.url(),
  adobeIoUrl: z.url(),
  fireflyApiUrl: z.url(),
  generationScopes: list(),
  serviceAccess: serviceAccess(),
  managementScopes: list(),
  secretGraceHours: nonNegative(),
  secretUnusedHours: nonNegative(),
  propagationSeconds: nonNegative(),
  rotationDays: wholeNumber(),
}));

/** The environment of notify. */
export const notifyEnvironment = defineEnvironment(() => ({
  stackName: text(),
  tableName: text(),
  webhookTableName: text(),
  notifyFunctionArn: text(),
  /** Whether webhooks may be on this machine; set in the embedded stack only. */
  webhookLoopback: z.optional(z.literal('allowed')),
}));

/** The environment of thumbnail. */
export const thumbnailEnvironment = defineEnvironment(() => ({
  tableName: text(),
  bucketName: text(),
  eventBusName: text(),
  stackName: text(),
  gatewayUrl: gatewayUrl(),
  /** Set in the embedded stack only; such an S3 has no host name per bucket. */
  awsEndpointUrlS3: z.optional(z.url()),
}));

// A token names the gateway as its issuer and the stack as its audience.
const callers = once(() => ({ callerTableName: text(), gatewayUrl: gatewayUrl() }));

/** The environment of caller-token. */
export const callerTokenEnvironment = defineEnvironment(() => ({
  ...callers(),
  stackName: text(),
  auditTableName: text(),
  signingKeySecretId: text(),
  callerTokenLifetimeSeconds: wholeNumber(),
}));

/** The environment of authorize. */
export const authorizeEnvironment = defineEnvironment(() => ({ ...callers(), stackName: text() }));

/** The environment of signing-key. */
export const signingKeyEnvironment = defineEnvironment(() => ({
  ...callers(),
  stackName: text(),
  signingKeySecretId: text(),
  callerTokenLifetimeSeconds: wholeNumber(),
}));
