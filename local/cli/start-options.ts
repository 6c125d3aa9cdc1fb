import { parseArgs } from 'node:util';
import { services } from '#shared/adobe/services/registry.ts';
import { corsOrigin } from '#shared/deployment/urls.ts';
import { getUrlVariable, StartSettingError } from '../adobe-target.ts';
import type { Side } from '../simulator/manner/facts.ts';
import { otherServices, readServiceIds } from './service-ids.ts';

/** What `npm start` was asked to do. */
export interface StartOptions {
  port: number;
  /** Prompt of the first image; one is made without being asked for, unless the folder has jobs already. */
  prompt?: string;
  /** Ids of the services that are on beside Firefly. */
  services: string[];
  once: boolean;
  json: boolean;
  verbose: boolean;
  help: boolean;
  /** Origin of the pages that may call the gateway, or `*`. */
  cors?: string;
  requestsPerMinute?: number;
  pollSeconds?: number;
  /** Folder that keeps everything; undefined for memory. */
  data?: string;
  /** File to write a backup of the folder into, instead of running. */
  backup?: string;
  /** Operations that the second of the demo callers may spend a day. */
  budget?: number;
  /** How the simulator plays what Adobe's documents and its live services disagree on. */
  simulatorManner?: Side;
}

/** Where a gateway of a real account keeps what it has. */
export const defaultDirectory = '.firefly-gateway';

export const usage = `npm start -- [options]

Runs firefly-gateway on this machine and makes one image.

  --port N                  port of the gateway on 127.0.0.1 (default 3000; 0 takes a free one)
  --prompt "..."            prompt of the first image
  --services IDS            services that are on beside Firefly, separated by commas, or all:
                            ${otherServices.join(', ')}
  --data DIR                keep everything in this folder, and go on with it after a restart or a crash. With Adobe itself
                            the default is ${defaultDirectory}, with the simulator nothing is kept
  --backup FILE             write a copy of the folder as a tar archive and exit; the gateway must not be running.
                            To restore it: tar -xf FILE -C DIR
  --memory                  keep nothing, also with Adobe itself
  --once                    exit after the image is stored: 0, or 1 with the reason
  --json                    one JSON line on stdout when ready, with --once a second one; all else on stderr
  --requests-per-minute N   limit that the gateway keeps and the simulator enforces (default 4)
  --budget N                Operations that the second of the two callers may spend a day
  --poll-seconds N          seconds between polls of a job
  --simulator-manner M      documented (default) or observed: how the simulator plays what Adobe's documents and
                            its live services disagree on
  --cors ORIGIN             lets pages of that origin, such as http://localhost:5173, call the gateway; * for all.
                            Requests of other pages, and for other hosts than 127.0.0.1 and localhost, are refused
  --verbose                 every log line of the functions on stderr, not only warnings
  --help                    this text

Environment
  FIREFLY_SERVICES_CLIENT_ID, FIREFLY_SERVICES_CLIENT_SECRET
                            use Adobe itself with these credentials instead of the simulator
  ADOBE_IMS_URL, ADOBE_IO_URL,
  ${services.map(getUrlVariable).join(',\n  ')}
                            use another server for that part: an origin, https, or http on loopback`;

/**
 * Reads the command line of `npm start`.
 *
 * @param usesAdobe whether the credentials of a real account are given, whose jobs cost money
 * @throws {StartSettingError} naming the option that is unknown or malformed
 */
export const readStartOptions = (args: string[], usesAdobe = false): StartOptions => {
  const { values } = parse(args);
  if (values.memory && values.data !== undefined) {
    throw new StartSettingError('--data keeps everything and --memory nothing: use one of them.');
  }
  return {
    port: wholeNumber('--port', values.port, 0, 65_535) ?? 3_000,
    prompt: values.prompt,
    services: readServiceIds(values.services),
    once: values.once ?? false,
    json: values.json ?? false,
    verbose: values.verbose ?? false,
    help: values.help ?? false,
    data: values.data ?? (usesAdobe && !values.memory ? defaultDirectory : undefined),
    backup: values.backup,
    cors: origin('--cors', values.cors),
    requestsPerMinute: wholeNumber('--requests-per-minute', values['requests-per-minute'], 1, 999),
    pollSeconds: wholeNumber('--poll-seconds', values['poll-seconds'], 1, 3_600),
    budget: wholeNumber('--budget', values.budget, 0, 1_000_000),
    simulatorManner: manner('--simulator-manner', values['simulator-manner']),
  };
};

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        prompt: { type: 'string' },
        services: { type: 'string' },
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        cors: { type: 'string' },
        data: { type: 'string' },
        memory: { type: 'boolean' },
        backup: { type: 'string' },
        budget: { type: 'string' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        'requests-per-minute': { type: 'string' },
        'poll-seconds': { type: 'string' },
        'simulator-manner': { type: 'string' },
      },
    });
  } catch (error) {
    throw new StartSettingError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
};

const origin = (option: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const { data, error } = corsOrigin().safeParse(text);
  if (data !== undefined) return data;
  throw new StartSettingError(`${option} ${error?.issues[0]?.message ?? 'is no origin'}, not "${text}".`);
};

const manner = (option: string, text: string | undefined): Side | undefined => {
  if (text === undefined || text === 'documented' || text === 'observed') return text;
  throw new StartSettingError(`${option} takes documented or observed, not "${text}".`);
};

const wholeNumber = (option: string, text: string | undefined, least: number, most: number): number | undefined => {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new StartSettingError(`${option} takes a whole number from ${least} to ${most}, not "${text}".`);
  }
  return number;
};
