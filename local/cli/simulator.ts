import { parseArgs } from 'node:util';
import { getUrlVariable } from '#local/adobe-target.ts';
import { otherServices, readServiceIds } from '#local/cli/service-ids.ts';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { factNames, type Side } from '#local/simulator/manner/facts.ts';
import { parseFactSides } from '#local/simulator/manner/manner.ts';
import type { SimulatorOptions } from '#local/simulator/simulator.ts';

const help = `Usage: npm run simulator -- [options]

Simulates Adobe on 127.0.0.1: IMS (access tokens), the I/O Management API (client secrets), the Firefly API
(every generative operation, uploads, custom models), and further services on ports of their own. It draws pictures
marked SIMULATED and needs no Adobe account.

Options:
  --port P                  port to serve on (default 4020; 0 takes a free one)
  --services IDS            what is played beside Firefly, separated by commas, or all, on the ports that follow:
                            ${otherServices.join(', ')}
  --advertise URL           base of the status and cancel URLs, for clients that come through a proxy
  --advertise-outputs URL   base of the output URLs
  --requests-per-minute N   Firefly's limit in any 60 seconds (default 4)
  --requests-per-day N      Firefly's limit in a UTC day (default 9000)
  --manner M                documented (default): as Adobe's documents have it; observed: as its services were seen
  --fact NAME=M             plays one fact otherwise; may be repeated
  --help                    this text

Facts: ${factNames.join(', ')}.

Credential: client id ${simulatedCredentials.clientId}, first client secret ${simulatedCredentials.clientSecret},
org ${simulatedCredentials.orgId}, project ${simulatedCredentials.projectId}, credential ${simulatedCredentials.credentialId}.

Control, in JSON: GET, POST, DELETE /_simulator/faults; GET /_simulator/requests; GET /_simulator/jobs;
GET, PATCH /_simulator/settings; GET, PUT /_simulator/manner. For example, to lose the answer to the next generation request:
  curl -d '{"fault":"drop","effect":"done","path":"generate-async","times":1}' http://127.0.0.1:4020/_simulator/faults
`;

const wholeNumber = (name: string, text: string | undefined, minimum: number): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < minimum) throw new Error(`--${name} must be a whole number from ${minimum}`);
  return value;
};

const baseUrl = (name: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new Error(`--${name} must be an http(s) URL`);
  return text.replace(/(?<!\/)\/+$/, '');
};

const manner = (text: string | undefined): Side | undefined => {
  if (text === undefined || text === 'documented' || text === 'observed') return text;
  throw new Error('--manner is documented or observed');
};

/** What the command line asks for. */
interface SimulatorCommand {
  options: SimulatorOptions;
  serviceIds: string[];
}

const readCommand = (): SimulatorCommand | undefined => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      services: { type: 'string' },
      advertise: { type: 'string' },
      'advertise-outputs': { type: 'string' },
      'requests-per-minute': { type: 'string' },
      'requests-per-day': { type: 'string' },
      manner: { type: 'string' },
      fact: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const requestsPerMinute = wholeNumber('requests-per-minute', values['requests-per-minute'], 1);
  const requestsPerDay = wholeNumber('requests-per-day', values['requests-per-day'], 1);
  const options = {
    port: wholeNumber('port', values.port, 0) ?? 4020,
    advertise: baseUrl('advertise', values.advertise),
    advertiseOutputs: baseUrl('advertise-outputs', values['advertise-outputs']),
    manner: manner(values.manner),
    facts: parseFactSides(values.fact ?? []),
    ...(requestsPerMinute && { requestsPerMinute }),
    ...(requestsPerDay && { requestsPerDay }),
  };
  return { options, serviceIds: readServiceIds(values.services) };
};

const main = async (): Promise<void> => {
  const command = readCommand();
  if (!command) {
    process.stdout.write(help);
    return;
  }
  const { options, serviceIds } = command;
  // Loaded only now, so that help and refusals are instant.
  const [{ startSimulator }, { simulatedServices }] = await Promise.all([
    import('#local/simulator/simulator.ts'),
    import('#local/simulator/services.ts'),
  ]);
  const played = simulatedServices.filter(({ id }) => serviceIds.includes(id));
  const { url, settings, close, services } = await startSimulator({ ...options, services: played });
  const addresses = played.map(
    ({ id, title }) => `  ${title.padEnd(15)} ${services[id]?.url} (${getUrlVariable({ id })})\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
  process.stdout.write(`Simulated Adobe on ${url} (Ctrl-C ends it, --help explains it)
  IMS             ${url}/ims/token/v3
  I/O Management  ${url}/console/organizations/${simulatedCredentials.orgId}/credentials/${simulatedCredentials.credentialId}/secrets
  Firefly         ${url}/v3/images/generate-async, ${settings.requestsPerMinute} requests a minute, ${settings.requestsPerDay} a day
${addresses.join('')}  status, cancel  ${options.advertise ?? url}/v3/...
  outputs         ${options.advertiseOutputs ?? url}/outputs/...
  control         ${url}/_simulator/faults, requests, jobs, settings, manner
`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
