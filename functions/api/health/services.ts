import * as z from 'zod';
import { adviseOnService } from '#shared/adobe/console/service-grants.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { serviceAccessSchema, type TokenRefreshStatus } from '#shared/aws/status-items.ts';
import { once } from '#shared/once.ts';

/** A service that is on, as an operator sees it. */
export const serviceHealth = once(() =>
  z.object({
    service: z.string().meta({ description: 'As the setting `services` names it' }),
    title: z.string(),
    ...serviceAccessSchema().partial().shape,
    advice: z.string().optional().meta({ description: 'What to do in the Developer Console, if something is missing' }),
  }),
);

/** A service that is on, as an operator sees it. */
type ServiceHealth = z.output<ReturnType<typeof serviceHealth>>;

/** What the last new token found out about the services that are on; nothing yet of one that has just been turned on. */
export const viewServices = (
  services: readonly AdobeService[],
  tokenRefresh: TokenRefreshStatus | undefined,
): ServiceHealth[] =>
  services.map((service) => {
    const found = tokenRefresh?.services?.[service.id];
    const advice = found && adviseOnService(service, found);
    return { service: service.id, title: service.title, ...found, advice };
  });
