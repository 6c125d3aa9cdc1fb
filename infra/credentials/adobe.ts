import * as z from 'zod';
import { createImsClient, type ImsClient, type MintedToken } from '#shared/adobe/auth/ims.ts';
import { withScopeFallback } from '#shared/adobe/auth/scope-fallback.ts';
import { checkFireflyAccess } from '#shared/adobe/console/firefly-access.ts';
import { createIoManagementClient, type IoManagementClient } from '#shared/adobe/console/io-management.ts';
import { checkServiceAccess, type ServiceAccess } from '#shared/adobe/console/service-access.ts';
import type { ServiceNeeds } from '#shared/adobe/console/service-grants.ts';
import { parseJson } from '#shared/adobe/http/client.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import type { Clock } from '#shared/clock.ts';
import { getBaseUrl, getServiceAccess } from '#shared/deployment/services.ts';
import { settingsSchema } from '#shared/deployment/settings.ts';
import { UsageError } from './errors.ts';
import type { Environment } from './inputs.ts';

/** Adobe as the command uses it. */
export interface Adobe {
  ims: ImsClient;
  openIoManagement(
    credential: { clientId: string; orgId: string; credentialId: string },
    accessToken: string,
  ): IoManagementClient;
  checkFirefly(token: MintedToken & { clientId: string }): Promise<ServiceAccess>;
  /** Origin of Firefly's API. */
  fireflyUrl: string;
  generationScopes: string;
  serviceNeeds: ServiceNeeds;
  checkAccess(url: string, token: { accessToken: string; clientId: string }): Promise<ServiceAccess>;
  managementScopes: string;
  /** How long passing failures are waited out, ms. */
  patienceMs: number;
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

const isSafe = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && loopback.includes(hostname));
};

// The secret is sent there.
const url = z.string().refine(isSafe, 'must be an https URL; http is allowed on loopback only');

const needsSchema = z.record(z.string(), z.object({ scopes: z.array(z.string()), url }));

const readNeeds = (text: string): ServiceNeeds | undefined => needsSchema.safeParse(parseJson(text)).data;

const environmentSchema = z.object({
  ADOBE_IMS_URL: url,
  ADOBE_IO_URL: url,
  FIREFLY_API_URL: url,
  GENERATION_SCOPES: z.string().min(1),
  SERVICE_ACCESS: z.string().refine((text) => readNeeds(text) !== undefined, 'must be what the stack writes'),
  MANAGEMENT_SCOPES: z.string().min(1),
});

/** Where Adobe is and what is asked of it, under the names that the functions of a stack know it by. */
export type AdobeSettings = z.output<typeof environmentSchema>;

const names = Object.keys(environmentSchema.shape) as (keyof AdobeSettings)[];

/** The settings of a stack that changes none. */
const defaults = (): AdobeSettings => {
  const settings = settingsSchema().parse({});
  return {
    ADOBE_IMS_URL: settings.adobeImsUrl,
    ADOBE_IO_URL: settings.adobeIoUrl,
    FIREFLY_API_URL: getBaseUrl(settings.services, firefly),
    GENERATION_SCOPES: settings.generationScopes.join(','),
    SERVICE_ACCESS: JSON.stringify(getServiceAccess(settings.services)),
    MANAGEMENT_SCOPES: settings.managementScopes.join(','),
  };
};

/**
 * The settings for the check: those of the environment, else the stack's, else Adobe's own.
 *
 * @param stack the environment of the stack's rotation function; undefined if there is no stack yet
 * @returns besides, the names of what differs from the stack
 * @throws {UsageError} naming what is malformed
 */
export const readAdobeSettings = (
  env: Environment,
  stack: Environment | undefined,
): { settings: AdobeSettings; differing: string[] } => {
  const pick = (from: Environment) =>
    Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));
  const parsed = environmentSchema.safeParse({ ...defaults(), ...pick(stack ?? {}), ...pick(env) });
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new UsageError(problems.join('; '));
  }
  const differing = stack ? names.filter((name) => env[name] && stack[name] && env[name] !== stack[name]) : [];
  return { settings: parsed.data, differing };
};

const timeoutMs = 20_000;

/** How long passing failures of Adobe are waited out. */
const patienceMs = 20_000;

/** Connects to Adobe; nothing is sent yet. */
export const connectAdobe = (settings: AdobeSettings, clock: Clock): Adobe => {
  const serviceNeeds = readNeeds(settings.SERVICE_ACCESS) ?? {};
  return {
    ims: withScopeFallback(
      createImsClient({ baseUrl: settings.ADOBE_IMS_URL, clock }),
      settings.GENERATION_SCOPES,
      Object.values(serviceNeeds).map(({ scopes }) => scopes),
    ),
    openIoManagement: (credential, accessToken) =>
      createIoManagementClient({ ...credential, baseUrl: settings.ADOBE_IO_URL, accessToken, timeoutMs }),
    checkFirefly: (token) => checkFireflyAccess({ baseUrl: settings.FIREFLY_API_URL, token, timeoutMs }),
    fireflyUrl: settings.FIREFLY_API_URL,
    generationScopes: settings.GENERATION_SCOPES,
    serviceNeeds,
    checkAccess: (accessUrl, token) => checkServiceAccess({ url: accessUrl, token, timeoutMs }),
    managementScopes: settings.MANAGEMENT_SCOPES,
    patienceMs,
  };
};
