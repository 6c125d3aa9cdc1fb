import * as z from 'zod/mini';
import { buildAccessUrl } from '../adobe/console/firefly-access.ts';
import { type OperationOverrides, operationOverrides } from '../adobe/services/operation-settings.ts';
import { services as definitions } from '../adobe/services/registry.ts';
import type { AdobeService, LaneDefinition } from '../adobe/services/service.ts';
import { once } from '../once.ts';

const count = once(() => z.int().check(z.gte(1)));

const requestWindow = once(() =>
  z
    .strictObject({
      seconds: count().check(z.lte(3_600)),
      hard: count().check(z.lte(10_000)),
      soft: z.optional(count()),
    })
    .check(z.refine(({ hard, soft = hard }) => soft <= hard, { path: ['soft'], error: 'must not exceed hard' })),
);

const limits = once(() => ({
  /** The limit of a minute; other windows stay as the service has them. */
  requestsPerMinute: z.optional(count().check(z.lte(1_000))),
  /** All windows, in place of the service's own. */
  windows: z.optional(z.array(requestWindow()).check(z.minLength(1))),
  /** The limit of a UTC day. */
  requestsPerDay: z.optional(count()),
}));

const oneLimit = {
  path: ['windows'],
  error: 'cannot stand beside requestsPerMinute',
};

const laneSettings = once(() =>
  z
    .strictObject(limits())
    .check(
      z.refine(({ requestsPerMinute, windows }) => requestsPerMinute === undefined || windows === undefined, oneLimit),
    ),
);

type LaneSettings = z.output<ReturnType<typeof laneSettings>>;

/**
 * The services that a deployment has on, with what it sets differently from their definitions; each wrong setting is an issue.
 *
 * @param baseUrl what is allowed as the base of a service's API
 */
export const createServicesSchema = (baseUrl: z.core.$ZodType<string, string>) => {
  const serviceSettings = z
    .strictObject({
      baseUrl: z.optional(baseUrl),
      imsOrganization: z.optional(
        z.string().check(
          z.regex(/^[0-9A-F]{24}@AdobeOrg$/, {
            error: 'must be an id such as 1234567890ABCDEF12345678@AdobeOrg',
          }),
        ),
      ),
      // Limits beside the lanes are those of the first lane, which for most services is the only one.
      ...limits(),
      lanes: z.optional(z.record(z.string(), laneSettings())),
      operations: z.optional(operationOverrides()),
    })
    .check(
      z.refine(({ requestsPerMinute, windows }) => requestsPerMinute === undefined || windows === undefined, oneLimit),
    );
  const checkAll = z.superRefine((settings: Record<string, z.output<typeof serviceSettings>>, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (Object.keys(settings).length === 0) refuse([], 'must name at least one service');
    for (const [id, service] of Object.entries(settings)) {
      const definition = definitions.find((known) => known.id === id);
      if (definition === undefined) {
        refuse([id], `is not a service of the gateway; it has ${definitions.map((known) => known.id).join(', ')}`);
      } else {
        for (const { path, message } of findForeign(definition, service)) refuse([id, ...path], message);
      }
    }
  });
  return z.record(z.string(), serviceSettings).check(checkAll);
};

/** What the deployment sets of the services that are on, by their ids. */
export type ServicesSettings = Readonly<z.output<ReturnType<typeof createServicesSchema>>>;

type ServiceSettings = ServicesSettings[string];

const findForeign = (
  { lanes, operations, organizationHeader }: AdobeService,
  settings: ServiceSettings,
): { path: string[]; message: string }[] => [
  ...(settings.imsOrganization === undefined || organizationHeader !== undefined
    ? []
    : [{ path: ['imsOrganization'], message: 'is not asked for by this service' }]),
  ...Object.keys(settings.lanes ?? {})
    .filter((name) => lanes.every((lane) => lane.name !== name))
    .map((name) => ({ path: ['lanes', name], message: 'is not a lane of this service' })),
  ...Object.keys(settings.operations ?? {})
    .filter((name) => operations.every((operation) => operation.name !== name))
    .map((name) => ({ path: ['operations', name], message: 'is not an operation of this service' })),
];

/** The services that are on. */
export const enabledServices = (settings: ServicesSettings): AdobeService[] =>
  definitions.filter(({ id }) => id in settings);

/** The origin of a service's API, or what the deployment has in its place. */
export const getBaseUrl = (settings: ServicesSettings, { id, baseUrl }: Pick<AdobeService, 'id' | 'baseUrl'>): string =>
  settings[id]?.baseUrl ?? baseUrl;

/** The headers by which a service is told the organization, if it wants to know and the deployment says it. */
export const getOrganizationHeaders = (
  settings: ServicesSettings,
  { id, organizationHeader }: Pick<AdobeService, 'id' | 'organizationHeader'>,
): Record<string, string> => {
  const organization = settings[id]?.imsOrganization;
  return organizationHeader === undefined || organization === undefined ? {} : { [organizationHeader]: organization };
};

/**
 * What the credential needs for each service that is on, and where to ask whether it has it, for functions that know nothing of services.
 */
export const getServiceAccess = (settings: ServicesSettings) =>
  Object.fromEntries(
    enabledServices(settings).map((service) => [
      service.id,
      { scopes: [...(service.scopes ?? [])], url: buildAccessUrl(service, getBaseUrl(settings, service)) },
    ]),
  );

/** The scopes of all services that are on. */
export const getScopes = (settings: ServicesSettings): string[] => [
  ...new Set(enabledServices(settings).flatMap(({ scopes = [] }) => scopes)),
];

/** What the deployment sets of all operations, by their names. */
export const getOperationOverrides = (settings: ServicesSettings): OperationOverrides =>
  Object.assign({}, ...Object.values(settings).map(({ operations }) => operations));

/** What a lane of a deployment allows, and how late a submit may be. */
interface DeployedLimits extends Pick<LaneDefinition, 'windows' | 'requestsPerDay'> {
  submitGraceMs: number;
}

/** The limits of all lanes of the services that are on, by the lanes' names: the services' own where nothing else is set. */
export const getLaneLimits = ({
  services,
  submitGraceSeconds,
}: {
  services: ServicesSettings;
  submitGraceSeconds: number;
}): Record<string, DeployedLimits> => {
  const lanes = enabledServices(services).flatMap(({ id, lanes: own }) => {
    const { lanes: changes = {}, ...first } = services[id] ?? {};
    return own.map((lane, index) => limitLane(limitLane(lane, index === 0 ? first : {}), changes[lane.name] ?? {}));
  });
  return Object.fromEntries(
    lanes.map(({ name, windows, requestsPerDay }) => [
      name,
      { windows, requestsPerDay, submitGraceMs: submitGraceSeconds * 1000 },
    ]),
  );
};

const minute = 60;

const limitLane = (lane: LaneDefinition, changes: LaneSettings): LaneDefinition => {
  const { requestsPerMinute, requestsPerDay = lane.requestsPerDay, windows = lane.windows } = changes;
  if (requestsPerMinute === undefined) return { ...lane, windows, requestsPerDay };
  const others = windows.filter(({ seconds }) => seconds !== minute);
  return { ...lane, windows: [...others, { seconds: minute, hard: requestsPerMinute }], requestsPerDay };
};
