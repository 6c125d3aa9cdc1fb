import { services } from '#shared/adobe/services/registry.ts';
import { type AdobeTarget, getUrlVariable, StartSettingError } from './adobe-target.ts';
import { simulatedServices } from './simulator/services.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator/simulator.ts';
import type { StackChanges } from './stack-settings.ts';

/** Where the parts of Adobe are. */
export interface AdobeEndpoints {
  firefly: string;
  /** Origins of the services that are on beside Firefly, by their ids. */
  services: Readonly<Record<string, string>>;
  ims: string;
  ioManagement: string;
}

/** Adobe as an embedded stack has it: endpoints, and the simulator that plays what the target leaves open. */
export interface StackAdobe {
  endpoints: AdobeEndpoints;
  simulator: Simulator | undefined;
  /** One line about what is played and what is not. */
  description: string;
  close(): Promise<void>;
}

/**
 * Starts what a stack needs of Adobe.
 *
 * @param serviceIds of the services that are on beside Firefly
 * @throws {StartSettingError} if a service has neither a URL nor a simulator
 */
export const startAdobe = async (
  { serviceUrls = {}, imsUrl, ioManagementUrl }: AdobeTarget,
  serviceIds: readonly string[],
  options: SimulatorOptions,
): Promise<StackAdobe> => {
  const played = serviceIds
    .filter((id) => serviceUrls[id] === undefined)
    .map((id) => {
      const found = [...(options.services ?? []), ...simulatedServices].find((service) => service.id === id);
      if (found !== undefined) return found;
      throw new StartSettingError(`The simulator does not play ${id}; set ${getUrlVariable({ id })} to its origin.`);
    });
  const isSimulated = [serviceUrls['firefly'], imsUrl, ioManagementUrl].includes(undefined) || played.length > 0;
  const simulator = isSimulated ? await startSimulator({ ...options, services: played }) : undefined;
  const url = simulator?.url ?? '';
  const endpoints: AdobeEndpoints = {
    firefly: serviceUrls['firefly'] ?? url,
    services: Object.fromEntries(serviceIds.map((id) => [id, serviceUrls[id] ?? simulator?.services[id]?.url ?? ''])),
    ims: imsUrl ?? url,
    ioManagement: ioManagementUrl ?? url,
  };
  const describe = (given: string | undefined) => (given === undefined ? 'the simulator' : new URL(given).host);
  const titles = services.filter(({ id }) => id === 'firefly' || serviceIds.includes(id));
  const description = [
    ...titles.map(({ id, title }) => `${title}: ${describe(serviceUrls[id])}`),
    `tokens: ${describe(imsUrl)}`,
    `client secrets: ${describe(ioManagementUrl)}`,
  ].join(', ');
  return { endpoints, simulator, description, close: async () => simulator?.close() };
};

/** The simulator keeps the limits that the stack is told of, unless it has its own. */
export const limitSimulator = (
  settings: Pick<StackChanges, 'requestsPerMinute' | 'requestsPerDay'> = {},
  options: SimulatorOptions = {},
): SimulatorOptions => ({
  ...(settings.requestsPerMinute !== undefined && { requestsPerMinute: settings.requestsPerMinute }),
  ...(settings.requestsPerDay !== undefined && { requestsPerDay: settings.requestsPerDay }),
  ...options,
});
