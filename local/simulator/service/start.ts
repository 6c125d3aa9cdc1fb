import type { Clock } from '#shared/clock.ts';
import type { GuardRules } from '#shared/loopback-guard.ts';
import type { Faults } from '../faults/fault-book.ts';
import type { RequestLog } from '../http/request-log.ts';
import type { Manner } from '../manner/manner.ts';
import type { Pictures } from '../picture/pictures.ts';
import { createRateLimit, type RateLimit } from '../rate-limit.ts';
import type { Handler } from '../server.ts';
import { serve } from '../server.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { Tokens } from '../tokens.ts';
import type { ServiceJob, SimulatedService } from './definition.ts';
import { handleRequest } from './handle.ts';
import { createHosted, hostedPrefix } from './hosted.ts';
import { createServiceJobs } from './jobs.ts';
import { runJob } from './run-job.ts';

/** What all services of one simulated Adobe share. */
export interface SharedParts {
  tokens: Tokens;
  faults: Faults;
  requestLog: RequestLog;
  control: Handler;
  settings: SimulatorSettings;
  manner: Manner;
  pictures: Pictures;
  clock: Clock;
  guard?: GuardRules;
}

/** A service that runs on an origin of its own. */
export interface RunningService {
  id: string;
  url: string;
  /** The jobs that were accepted, oldest first. */
  jobs(): readonly ServiceJob[];
  close(): Promise<void>;
}

/**
 * Starts a service on 127.0.0.1.
 *
 * @param advertise base of its status URLs, when clients come through a proxy; its own URL by default
 */
export const startService = async (
  service: SimulatedService,
  shared: SharedParts,
  { port = 0, advertise }: { port?: number; advertise?: string | undefined } = {},
): Promise<RunningService> => {
  const { settings, clock, guard = {} } = shared;
  const closing = new AbortController();
  const jobs = createServiceJobs(clock);
  const limits = new Map<string, RateLimit>(
    Object.entries(service.quotas).map(([name, quota]) => [
      name,
      createRateLimit(() => settings.quotas[name] ?? quota),
    ]),
  );
  const limit = (name: string): RateLimit => {
    const found = limits.get(name);
    if (found === undefined) throw new Error(`The service ${service.id} has no quota ${name}.`);
    return found;
  };
  let url = '';
  const hosted = createHosted({ ...shared, jobs, base: () => url });
  const { signal } = closing;

  const start = async (job: ServiceJob): Promise<void> => {
    try {
      await runJob(job, { ...shared, service, jobs, hostedUrl: hosted.hostedUrl, signal });
    } catch (error) {
      if (signal.aborted) return;
      console.error(error);
      jobs.move(job, { phase: 'failed', error: service.explain({ kind: 'internal', message: String(error) }) });
    }
  };

  const handle: Handler = (request) =>
    request.service === 'outputs'
      ? hosted.serve(request)
      : handleRequest(request, {
          ...shared,
          service,
          jobs,
          limit,
          start,
          renewUrl: hosted.renewUrl,
          base: () => advertise ?? url,
        });
  const serviceOf = (path: string) => (path.startsWith(hostedPrefix) ? 'outputs' : service.id);
  const hosts = [...(guard.hosts ?? []), ...(advertise === undefined ? [] : [new URL(advertise).host])];
  const server = await serve({ ...shared, serviceOf, handle, guard: { ...guard, hosts } }, port);
  url = server.url;
  return {
    id: service.id,
    url,
    jobs: jobs.all,
    close: async () => {
      closing.abort();
      await server.close();
    },
  };
};
