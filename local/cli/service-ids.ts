import { services } from '#shared/adobe/services/registry.ts';
import { StartSettingError } from '../adobe-target.ts';

/** Ids of the services that can be on beside Firefly. */
export const otherServices: readonly string[] = services.map(({ id }) => id).filter((id) => id !== 'firefly');

/**
 * Reads the option `--services`: the ids of the services that are on beside Firefly.
 *
 * @throws {StartSettingError} naming an id that no service has
 */
export const readServiceIds = (text: string | undefined): string[] => {
  if (text === undefined) return [];
  if (text === 'all') return [...otherServices];
  const ids = text.split(',').map((id) => id.trim());
  const unknown = ids.find((id) => id !== 'firefly' && !otherServices.includes(id));
  if (unknown === undefined) return [...new Set(ids)].filter((id) => id !== 'firefly');
  throw new StartSettingError(
    `--services takes all or ids separated by commas, of ${['firefly', ...otherServices].join(', ')}; not "${unknown}".`,
  );
};
