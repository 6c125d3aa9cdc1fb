import * as z from 'zod/mini';
import { once } from '../once.ts';

/** Whether the gateway serves its console. */
export const consoleModes = ['on', 'off'] as const;

/** What the function `api` is told of the console that it serves. */
export const consoleVariables = once(() =>
  z.object({
    /** Where the built files are: absolute, or relative to the function's own file. */
    directory: z.string().check(z.minLength(1)),
    /** How callers sign in; `none` in the embedded stack. */
    authMode: z.enum(['none', 'callers', 'jwt', 'iam']),
    /** Whether a simulated Adobe draws the pictures. */
    simulated: z.boolean(),
    /** Origin of the presigned URLs. */
    bucketOrigin: z.string().check(z.minLength(1)),
    /** Mode `jwt`: the issuer of tokens. */
    issuer: z.optional(z.string()),
    /** Mode `jwt`: the console's own id at the issuer. */
    clientId: z.optional(z.string()),
    /** Mode `jwt`: what a token must hold, beside `openid`. */
    scopes: z.optional(z.array(z.string())),
    /** Mode `jwt`: origins beside the issuer's that the page may ask for tokens. */
    signInOrigins: z.optional(z.array(z.string())),
  }),
);

export type ConsoleVariables = z.output<ReturnType<typeof consoleVariables>>;
