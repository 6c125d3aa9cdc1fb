import * as z from 'zod';
import { managementScopes } from '../adobe/auth/scopes.ts';
import { operationRates } from '../adobe/services/operation-rates.ts';
import { callerPolicySchema } from '../caller-policy.ts';
import { once } from '../once.ts';
import { priorities } from '../priority.ts';
import { consoleModes } from './console.ts';
import { docsModes, singleSignOnCallers } from './job-environments.ts';
import { completeGrace, findContradictions } from './rotation-schedule.ts';
import { createServicesSchema, getScopes, type ServicesSettings } from './services.ts';
import { corsOrigin, hostEntry, httpsOrigin } from './urls.ts';

const seconds = once(() => z.int().min(1));
const days = once(() => z.int().min(1));
const hours = once(() => z.int().min(1));
const count = once(() => z.int().min(1));
const scopes = once(() => z.array(z.string().regex(/^[\w.]+$/, 'must be one scope, without commas or spaces')).min(1));

const auth = once(() =>
  z.discriminatedUnion('mode', [
    z.strictObject({
      mode: z.literal('iam'),
      /** Who is one caller among those who sign in through IAM Identity Center. */
      singleSignOn: z.enum(singleSignOnCallers).default('users'),
    }),
    z.strictObject({ mode: z.literal('callers') }),
    z.strictObject({
      mode: z.literal('jwt'),
      /** The `iss` of the tokens; its `/.well-known/openid-configuration` must be public. */
      issuer: z.url({ protocol: /^https$/, error: 'must be an https URL' }),
      /** A token's `aud` or `client_id` must be one of these. */
      audiences: z.array(z.string().min(1)).min(1),
      /** A token must hold one of these; none by default. */
      scopes: z.array(z.string().regex(/^\S+$/, 'must be one scope, without spaces')).max(20).default([]),
      /** The `sub`s of those who may look at the queue, pause and resume it; in mode `iam` a policy says who. */
      operators: z.array(z.string().min(1).max(1_024)).max(20).default([]),
      /** The console's own id at the issuer, a public client with PKCE; without it nobody signs in to the console. */
      consoleClientId: z.string().min(1).max(256).optional(),
      /** Where the issuer gives out tokens, if that is another origin than its own, as at Amazon Cognito. */
      consoleSignInOrigins: z.array(httpsOrigin()).max(5).default([]),
    }),
  ]),
);

// CloudWatch Logs knows no other retentions.
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const logRetention = once(() => z.literal(logRetentions, { error: `must be one of ${logRetentions.join(', ')}` }));

// All variables of a Lambda function together have at most 4 KB.
const maxDefaultsBytes = 1_024;

const callerDefaults = once(() =>
  z
    .strictObject({ ...callerPolicySchema().shape, maxPriority: z.enum(priorities).default('normal') })
    .refine((rules) => Buffer.byteLength(JSON.stringify(rules)) <= maxDefaultsBytes, {
      error: `must have at most ${maxDefaultsBytes} bytes as JSON; give long lists to callers by their own policies`,
    }),
);

const stageSchema = once(() =>
  z.strictObject({
    /**
     * Who may call: programs with an id and secret that the gateway gave them (`callers`), AWS callers that sign with SigV4
     * (`iam`), or bearers of an OpenID Connect token (`jwt`).
     */
    auth: auth().default({ mode: 'callers' }),
    /** How long the tokens live that callers get with their id and secret (mode `callers`); Adobe's own live a day. */
    callerTokenLifetimeSeconds: seconds().min(300).max(86_400).default(86_400),
    /**
     * What callers may do, by the rules of `docs/callers.md`: each rule holds for callers whose policy does not have it. The priority
     * `high` takes a rule of a caller's own, unless `maxPriority` says otherwise here.
     */
    callerDefaults: callerDefaults().prefault({}),
    /** Browser origins that may call the gateway and fetch outputs; none by default. */
    corsOrigins: z.array(corsOrigin()).default([]),
    /**
     * Who may read `/openapi.json` and the page `/docs`, which are the same in every deployment: everybody (`open`), whoever may
     * call (`callers`), or nobody (`off`): then callers get `/openapi.json` where there is a console, which builds its forms from it.
     */
    docs: z.enum(docsModes).default('open'),
    /** Whether the gateway serves its console, a page for people, below `/console/`; signing in is as for every caller. */
    console: z.enum(consoleModes).default('on'),
    /** Requests a second that the HTTP API lets through, all callers together. */
    apiRequestsPerSecond: count().max(10_000).default(50),
    /** Requests a second that each caller may send, in every mode; what a caller saves up is good for two seconds. */
    callerRequestsPerSecond: count().max(10_000).default(20),
    /** Requests that the HTTP API lets through at once. */
    apiBurstRequests: count().max(5_000).default(100),
    /**
     * How many requests the function `api` works on at once, so that it leaves the account's other concurrency to the functions that
     * run jobs. By default it takes what is free: an account must keep 100 unreserved, and a new one may have 10 in all.
     */
    apiReservedConcurrency: count().optional(),
    /** Base of the URLs that the gateway answers with; by default the host the caller used. */
    gatewayUrl: httpsOrigin().optional(),

    /**
     * The services that are on, by their ids, with what is set differently from their definitions: `baseUrl`, the limits of their
     * lanes (raise them only after Adobe has), and how the jobs of their operations are followed.
     */
    services: z._default(createServicesSchema(httpsOrigin()), { firefly: {} }),
    /**
     * What operations cost in Operations, by their names, where a contract differs from Adobe's public card: a number for each
     * output, or for each second of a video by its height.
     */
    operationRates: z._default(operationRates(), {}),
    /** Room for lateness between a permit's time and the submit; a job that is later is requeued. */
    submitGraceSeconds: seconds().max(60).default(30),

    /** Lifetime of presigned output URLs; they cannot outlive the session of a Lambda role. */
    outputUrlLifetimeSeconds: seconds().min(60).max(3_600).default(3_600),
    /** Buckets beside the gateway's own from which `s3://` inputs are read; every caller may use them. */
    inputBuckets: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'))
      .default([]),
    /** A larger input is refused; Adobe states 10 MB for reference images and composites. */
    inputMaxBytes: z
      .int()
      .min(1)
      .max(100_000_000)
      .default(10 * 1024 * 1024),
    /** Forms for uploads that a caller gets on one day (UTC); each takes one image of up to `inputMaxBytes`. */
    uploadsPerDay: count().default(1_000),
    /** Uploaded images are deleted after this; Adobe forgets its copies after 7 days. */
    uploadRetentionDays: days().default(30),
    /** A larger output fails its job. */
    outputMaxBytes: z.int().min(1_000_000).max(5_000_000_000).default(1_000_000_000),
    /** Outputs are deleted after this; by default never. */
    outputRetentionDays: days().optional(),
    /** Whether thumbnails are made of outputs, and their content credentials read. */
    thumbnails: z.boolean().default(true),
    /** Overwritten and deleted objects can be brought back this long. */
    previousVersionRetentionDays: days().default(7),
    /**
     * A larger file of requests is refused; unpacked, if it is compressed. It is read through in one step, which Lambda ends
     * after 15 minutes.
     */
    batchMaxBytes: z.int().min(1_000).max(1_000_000_000).default(1_000_000_000),
    /**
     * A file with more requests is refused. A durable execution takes 3,000 operations (AWS), and reads and cancels a batch in
     * steps of some hundred lines: more lines than this, and the steps might run out half-way.
     */
    batchMaxLines: count().max(400_000).default(100_000),

    /**
     * Files of requests and reports, in `inbox/` and `batches/`, are deleted after this; by default after 30 days, or `jobRetentionDays` if
     * that is less. No longer than the records, without which nobody could tell whose they are.
     */
    batchRetentionDays: days().optional(),

    /** Job records (with their prompts) are deleted this long after the job was made. */
    jobRetentionDays: days().max(3_650).default(90),
    /** Whether outputs, jobs, client credentials and the access log survive `cdk destroy`; without, empty the bucket before. */
    keepData: z.boolean().default(true),
    /**
     * A symmetric KMS key of the stack's region, by which everything at rest is encrypted that can be; by default AWS's own keys do. Its
     * policy must allow what docs/security.md says.
     */
    kmsKeyArn: z
      .string()
      .regex(
        /^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-)?[0-9a-f-]{32,36}$/,
        'must be the ARN of a KMS key, not of an alias',
      )
      .optional(),

    /** Copies the events from the gateway's own bus to the account's default bus, where rules of other teams see them. */
    copyEventsToDefaultBus: z.boolean().default(false),

    /** Retention of the functions' logs; one of CloudWatch's values. */
    logRetentionDays: logRetention().default(30),
    /** The same for the access log of the HTTP API, which says who asked for what: by default as long as a job's record. */
    accessLogRetentionDays: logRetention().default(90),
    /** Lowest level that is logged. */
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
    /**
     * Whether Lambda traces the functions in X-Ray: each first invocation of a second, and a twentieth of the others; AWS lets nobody
     * set another rate. Errors are found by the logs, metrics and alarms either way.
     */
    tracing: z.boolean().default(false),
    /** Receives the alarms, after confirming the subscription; without, subscribe to the topic yourself. */
    alarmEmail: z.email({ error: 'must be an e-mail address' }).optional(),
    /** Whether the stack has a dashboard in CloudWatch. */
    dashboard: z.boolean().default(true),

    /** Adobe's token service. */
    adobeImsUrl: httpsOrigin().default('https://ims-na1.adobelogin.com'),
    /** I/O Management API, for the rotation of client secrets. */
    adobeIoUrl: httpsOrigin().default('https://api.adobe.io'),
    /** Scopes of the tokens that generate; by default those that the services which are on need, as Adobe prints them. */
    generationScopes: scopes().optional(),
    /** Scopes of the tokens that rotate the client secret. */
    managementScopes: scopes().default([...managementScopes]),
    /** Where the bearer token may go for status and cancel, beside `.adobe.io` and the services' base URLs. */
    extraStatusHosts: z.array(hostEntry()).default([]),
    /** Where outputs may be fetched from, beside Adobe's own hosts and the object stores it signs URLs for. */
    extraDownloadHosts: z.array(hostEntry()).default([]),

    /** Interval of the rotation of the client secret. */
    rotationDays: days().max(999).default(30),
    /** The previous client secret is kept at Adobe at least this long after a rotation; by default, a third of the interval up to 48. */
    secretGraceHours: hours().max(8_760).optional(),
    /** The previous client secret must have been unused this long before it is deleted at Adobe; by default, half the grace up to 24. */
    secretUnusedHours: hours().max(8_760).optional(),
    /** How long a rotation waits for Adobe to accept a new client secret. */
    propagationSeconds: seconds().max(300).default(60),
  }),
);

const usualBatchRetentionDays = 30;

const completeRetention = <Given extends { jobRetentionDays: number; batchRetentionDays?: number | undefined }>(
  given: Given,
) => ({
  ...given,
  batchRetentionDays: given.batchRetentionDays ?? Math.min(usualBatchRetentionDays, given.jobRetentionDays),
});

const completeScopes = <Given extends { services: ServicesSettings; generationScopes?: string[] | undefined }>(
  given: Given,
) => ({ ...given, generationScopes: given.generationScopes ?? getScopes(given.services) });

const findRetentionContradictions = (settings: { jobRetentionDays: number; batchRetentionDays: number }) => {
  const { jobRetentionDays, batchRetentionDays } = settings;
  if (batchRetentionDays <= jobRetentionDays) return [];
  const message = `must be at most jobRetentionDays, which is ${jobRetentionDays}: without its record nobody could tell whose a file is, or erase it`;
  return [{ setting: 'batchRetentionDays', message }];
};

/** The settings of one stage, as written in cdk.json. Every one may be left out. */
export const settingsSchema = once(() =>
  stageSchema()
    .transform(completeGrace)
    .transform(completeRetention)
    .transform(completeScopes)
    .superRefine((settings, context) => {
      const contradictions = [...findContradictions(settings), ...findRetentionContradictions(settings)];
      for (const { setting, message } of contradictions) {
        context.addIssue({ code: 'custom', path: [setting], message });
      }
    }),
);

/** The settings of one stage with every default filled in. */
export type Settings = z.output<ReturnType<typeof settingsSchema>>;
