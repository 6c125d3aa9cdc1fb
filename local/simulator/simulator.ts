import { services as registered } from '#shared/adobe/services/registry.ts';
import { type Clock, systemClock } from '#shared/clock.ts';
import { createControl } from './control.ts';
import { type Credential, type CredentialStore, createCredentialStore } from './credentials.ts';
import { createFaults, type Faults } from './faults/fault-book.ts';
import { createFirefly } from './firefly/firefly.ts';
import { createJobs, type Job } from './firefly/jobs.ts';
import type { SimulatedOperation } from './firefly/operation.ts';
import { simulatedOperations } from './firefly/operations.ts';
import { createUploads, type Upload } from './firefly/uploads.ts';
import { type Service, serviceOf } from './http/request.ts';
import { createRequestLog, type RecordedRequest } from './http/request-log.ts';
import { createIms } from './ims.ts';
import { createIoManagement } from './io-management.ts';
import type { Side } from './manner/facts.ts';
import { createManner, type FactSides, type Manner } from './manner/manner.ts';
import { createOutputs } from './outputs/outputs.ts';
import { createPictures } from './picture/pictures.ts';
import { createRateLimit } from './rate-limit.ts';
import { type Handler, serve } from './server.ts';
import type { SimulatedService } from './service/definition.ts';
import { type RunningService, startService } from './service/start.ts';
import { defaultSettings, type SimulatorSettings, settingsSchema } from './settings.ts';
import { createTokens } from './tokens.ts';

/** How a simulator starts; every setting of the simulated Adobe may be given as well. */
export interface SimulatorOptions extends Partial<SimulatorSettings> {
  /** 0, the default, takes free ports; else the services beside Firefly have the ports that follow, in their order. */
  port?: number;
  /** Base of the status and cancel URLs, when clients come through a proxy; the simulator's own URL by default. */
  advertise?: string;
  /** Paths of operations whose jobs keep the simulator's own URL, for clients whose proxy does not know their results. */
  unadvertised?: readonly string[];
  /** Base of the output URLs; the simulator's own URL by default, as validating proxies do not pass on pictures. */
  advertiseOutputs?: string;
  /** Whether clients may come through any proxy on loopback. */
  anyPort?: boolean;
  clock?: Clock;
  /** Whether Adobe is played as documented, the default, or as observed. */
  manner?: Side;
  /** Single facts that are played otherwise. */
  facts?: FactSides;
  /** Generative operations beside Adobe's. */
  operations?: readonly SimulatedOperation[];
  /** What is played beside Firefly, each on an origin of its own; nothing by default. */
  services?: readonly SimulatedService[];
  /** What differs from `simulatedCredentials`. */
  credential?: Partial<Credential>;
}

/** A running simulator of IMS, the I/O Management API and Firefly. */
export interface Simulator {
  url: string;
  /** Ends at once, open connections included. */
  close(): Promise<void>;
  faults: Faults;
  /** Change them at will; they are read at each request. */
  settings: SimulatorSettings;
  /** What is played as documented and what as observed. */
  manner: Manner;
  /** The Developer Console: see, add and delete client secrets as its user would. */
  console: CredentialStore;
  /** Ends every access token issued before now. */
  expireTokens(): void;
  /** The requests that came in, oldest first. */
  requests(): readonly RecordedRequest[];
  /** The jobs that were accepted, oldest first. */
  jobs(): readonly Job[];
  /** The images that were uploaded, oldest first. */
  uploads(): readonly Upload[];
  /** The services that are played beside Firefly, by their ids. */
  services: Readonly<Record<string, RunningService>>;
}

/**
 * Starts a simulator on 127.0.0.1.
 *
 * @throws {ZodError} when a setting is impossible, and the system's error when the port is taken
 */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const {
    port = 0,
    advertise,
    anyPort,
    unadvertised = [],
    advertiseOutputs,
    clock = systemClock,
    operations = [],
    services: definitions = [],
    credential = {},
    manner: side,
    facts,
    ...given
  } = options;
  const settings = settingsSchema.parse({ ...defaultSettings, ...given });
  const manner = createManner({ manner: side, facts });
  const credentials = createCredentialStore(credential, clock, settings, manner, readScopes(definitions));
  const tokens = createTokens(clock);
  const faults = createFaults();
  const jobs = createJobs(clock);
  const uploads = createUploads(clock);
  const requestLog = createRequestLog();
  const rateLimit = createRateLimit(() => ({
    windows: [{ seconds: 60, limit: settings.requestsPerMinute }],
    perDay: settings.requestsPerDay,
  }));
  const pictures = createPictures();
  let ownUrl = '';
  const statusBase = (path: string) => (unadvertised.includes(path) ? ownUrl : (advertise ?? ownUrl));
  const outputBase = () => advertiseOutputs ?? ownUrl;
  const outputs = createOutputs({ jobs, pictures, settings, manner, clock, base: outputBase });
  const { outputUrl } = outputs;

  const handlers: Record<Service, Handler> = {
    ims: createIms(credentials, tokens, settings, manner),
    'io-management': createIoManagement(credentials, tokens, settings, manner),
    firefly: createFirefly({
      operations: [...simulatedOperations, ...operations],
      jobs,
      uploads,
      faults,
      settings,
      rateLimit,
      manner,
      tokens,
      credentials,
      clock,
      outputUrl,
      advertise: statusBase,
    }),
    outputs: outputs.serve,
  };
  let running: RunningService[] = [];
  const serviceJobs = () => Object.fromEntries(running.map((each) => [each.id, each.jobs()]));
  const control = createControl({ faults, jobs, requestLog, settings, manner, tokens, clock, serviceJobs });
  const fronts = [advertise, advertiseOutputs].flatMap((url) => (url === undefined ? [] : [new URL(url).host]));
  const guard = { hosts: fronts, anyPort };
  const shared = { control, faults, manner, settings, requestLog, clock, guard };
  const handle: Handler = (request) => handlers[serviceOf(request.path)](request);
  const server = await serve({ ...shared, serviceOf, handle }, port);
  ownUrl = server.url;
  running = await Promise.all(
    definitions.map((each, index) =>
      startService(each, { ...shared, tokens, pictures }, { port: port === 0 ? 0 : port + 1 + index }),
    ),
  );
  return {
    url: server.url,
    close: async () => {
      await Promise.all([server, ...running].map((each) => each.close()));
    },
    services: Object.fromEntries(running.map((each) => [each.id, each])),
    faults,
    settings,
    manner,
    console: credentials,
    expireTokens: tokens.expireIssued,
    requests: requestLog.requests,
    jobs: jobs.all,
    uploads: uploads.all,
  };
};

/** What the services require, and what the gateway asks for to use them. */
const readScopes = (definitions: readonly SimulatedService[]): string[] =>
  definitions.flatMap(({ id, scopes }) => [
    ...scopes,
    ...(registered.find((service) => service.id === id)?.scopes ?? []),
  ]);
