import * as z from 'zod/mini';
import { operationRates } from '../adobe/services/operation-rates.ts';
import { callerPolicySchema } from '../caller-policy.ts';
import { once } from '../once.ts';
import { consoleVariables } from './console.ts';
import { defineEnvironment, flag, gatewayUrl, json, list, text, wholeNumber } from './environment.ts';
import { createServicesSchema } from './services.ts';

/** The services that are on; the settings of a stage allow https only, the embedded stack its own servers as well. */
const services = once(() => json(createServicesSchema(z.url())));

/**
 * Who may view and pause the queue. `policy`: callers to whom an IAM policy allows the operators' routes. A list: callers by
 * the `sub` of their tokens. `callers`: callers whose record says so. `everybody`: every caller, as in the embedded stack.
 */
const operators = once(() =>
  z.union([z.enum(['policy', 'callers', 'everybody']), z.array(z.string().check(z.minLength(1)))]),
);

export type Operators = z.output<ReturnType<typeof operators>>;

/** To whom the description of the API may be shown. */
export const docsModes = ['open', 'callers', 'off'] as const;

export type Docs = (typeof docsModes)[number];

/** What every function that follows jobs or batches knows. */
const jobs = once(() => ({ stackName: text(), tableName: text(), eventBusName: text(), gatewayUrl: gatewayUrl() }));

/** Set in the embedded stack only; such an S3 has no host name per bucket. */
const ownS3 = once(() => ({ awsEndpointUrlS3: z.optional(z.url()) }));

/** Who is one caller in IAM mode: each user of IAM Identity Center, or all with the same permission set. */
export const singleSignOnCallers = ['users', 'permissionSets'] as const;

export type SingleSignOnCallers = (typeof singleSignOnCallers)[number];

/** What callers may do who have no rules of their own. */
const callerDefaults = once(() => json(callerPolicySchema()));

/** The environment of api. */
export const apiEnvironment = defineEnvironment(() => ({
  ...jobs(),
  ...ownS3(),
  bucketName: text(),
  webhookTableName: text(),
  callerTableName: text(),
  auditTableName: text(),
  passthroughFunctionName: text(),
  /** Absent while no thumbnails are made. */
  thumbnailFunctionName: z.optional(text()),
  dispatchFunctionName: text(),
  notifyFunctionArn: text(),
  /** Whether webhooks may be on this machine; set in the embedded stack only. */
  webhookLoopback: z.optional(z.literal('allowed')),
  services: services(),
  operationRates: json(operationRates()),
  submitGraceSeconds: wholeNumber(),
  outputUrlLifetimeSeconds: wholeNumber(),
  jobRetentionDays: wholeNumber(),
  inputBuckets: list(),
  inputMaxBytes: wholeNumber(),
  docs: z.enum(docsModes),
  /** What is needed to serve the console; absent while it is off. */
  console: z.optional(json(consoleVariables())),
  uploadsPerDay: wholeNumber(),
  callerRequestsPerSecond: wholeNumber(),
  callerDefaults: callerDefaults(),
  operators: json(operators()),
  singleSignOn: z.enum(singleSignOnCallers),
  gatewayVersion: text(),
}));

/** The environment of dispatch. */
export const dispatchEnvironment = defineEnvironment(() => ({
  ...jobs(),
  generateFunctionArn: text(),
  inboxFunctionArn: text(),
  services: services(),
  submitGraceSeconds: wholeNumber(),
}));

/** The environment of generate. */
export const generateEnvironment = defineEnvironment(() => ({
  ...jobs(),
  ...ownS3(),
  bucketName: text(),
  accessTokenSecretId: text(),
  tokenRefreshFunctionName: text(),
  dispatchFunctionName: text(),
  services: services(),
  submitGraceSeconds: wholeNumber(),
  extraStatusHosts: list(),
  extraDownloadHosts: list(),
  /** Whether callers' destinations may be on this machine; set in the embedded stack only. */
  webhookLoopback: z.optional(z.literal('allowed')),
  outputMaxBytes: wholeNumber(),
  inputBuckets: list(),
  inputMaxBytes: wholeNumber(),
}));

/** The environment of inbox. */
export const inboxEnvironment = defineEnvironment(() => ({
  ...jobs(),
  ...ownS3(),
  bucketName: text(),
  webhookTableName: text(),
  callerTableName: text(),
  callerDefaults: callerDefaults(),
  inputBuckets: list(),
  dispatchFunctionName: text(),
  services: services(),
  operationRates: json(operationRates()),
  submitGraceSeconds: wholeNumber(),
  batchMaxBytes: wholeNumber(),
  batchMaxLines: wholeNumber(),
  /** Whether outputs are inspected: then reports wait a little for what is found out. */
  thumbnails: flag(),
  jobRetentionDays: wholeNumber(),
}));

/** The environment of passthrough. */
export const passthroughEnvironment = defineEnvironment(() => ({ accessTokenSecretId: text(), services: services() }));
