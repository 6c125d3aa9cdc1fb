import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import { faultSchema } from './faults/definitions.ts';
import type { Faults } from './faults/fault-book.ts';
import { jobState } from './firefly/job-state.ts';
import type { Jobs } from './firefly/jobs.ts';
import { type Answer, json } from './http/answer.ts';
import type { ReceivedRequest } from './http/request.ts';
import type { RequestLog } from './http/request-log.ts';
import { type Manner, mannerSchema } from './manner/manner.ts';
import type { ServiceJob } from './service/definition.ts';
import { type SimulatorSettings, settingsSchema } from './settings.ts';
import type { Tokens } from './tokens.ts';

/** What can be controlled. */
export interface ControlParts {
  faults: Faults;
  jobs: Jobs;
  requestLog: RequestLog;
  settings: SimulatorSettings;
  manner: Manner;
  tokens: Tokens;
  clock: Clock;
  /** The jobs of the services beside Firefly, by their ids. */
  serviceJobs(): Readonly<Record<string, readonly ServiceJob[]>>;
}

const expireTokens = z.strictObject({ fault: z.literal('expire_tokens') });
const faultsBody = z.union([faultSchema, expireTokens]).or(z.array(z.union([faultSchema, expireTokens])));

/**
 * The simulator's own API under `/_simulator/`, for tests that do not run in its process: `faults` (GET, POST, DELETE),
 * `requests` (GET), `jobs` (GET), `settings` (GET, PATCH), `manner` (GET the facts; PUT `{manner, facts}`).
 */
export const createControl = (parts: ControlParts): ((request: ReceivedRequest) => Answer) => {
  const { faults, jobs, requestLog, settings, manner, tokens, clock, serviceJobs } = parts;

  const addFaults = (body: Buffer): Answer => {
    const given = faultsBody.parse(JSON.parse(body.toString()));
    const ids = [given].flat().map((fault) => {
      if (fault.fault !== 'expire_tokens') return faults.add(fault);
      tokens.expireIssued();
      return null;
    });
    return json(201, { ids });
  };

  const changeSettings = (body: Buffer): Answer => {
    Object.assign(settings, settingsSchema.partial().parse(JSON.parse(body.toString())));
    return json(200, settings);
  };

  const routes: Record<string, (request: ReceivedRequest) => Answer> = {
    'GET faults': () => json(200, faults.active()),
    'POST faults': ({ body }) => addFaults(body),
    'DELETE faults': () => {
      faults.clear();
      return { status: 204 };
    },
    'GET requests': () => json(200, requestLog.requests()),
    'GET jobs': () =>
      json(200, [
        ...jobs.all().map(({ operation, ...job }) => ({
          ...job,
          service: 'firefly',
          operation: operation.path,
          status: jobState(job, clock.now()).status,
        })),
        ...Object.entries(serviceJobs()).flatMap(([service, all]) =>
          all.map(({ operation, phase, ...job }) => ({ ...job, service, operation: operation.path, status: phase })),
        ),
      ]),
    'GET settings': () => json(200, settings),
    'PATCH settings': ({ body }) => changeSettings(body),
    'GET manner': () => json(200, manner.all()),
    'PUT manner': ({ body }) => {
      manner.set(mannerSchema.parse(JSON.parse(body.toString())));
      return json(200, manner.all());
    },
  };

  return (request) => {
    const route = routes[`${request.method} ${request.path.slice('/_simulator/'.length)}`];
    if (!route) return json(404, { message: `use one of: ${Object.keys(routes).join(', ')}` });
    try {
      return route(request);
    } catch (error) {
      if (error instanceof z.ZodError) return json(400, { message: z.prettifyError(error) });
      if (error instanceof SyntaxError) return json(400, { message: 'the body is not valid JSON' });
      throw error;
    }
  };
};
