import { inspect } from 'node:util';
import * as z from 'zod';
import { guardServer } from '#shared/loopback-guard.ts';
import { createAuthorizer, type Decision, type IamDirectory } from '../iam/authorizer.ts';
import { buildS3App, type ObjectCreated, signAs } from './s3-app.ts';

/** What the process is told to begin with: over the channel, since arguments and environment can be read by others. */
export const s3Settings = z.object({
  port: z.int(),
  bucket: z.string(),
  eventPrefixes: z.array(z.string()),
  keys: z.record(z.string(), z.string()),
  /** Who may do what; without it everything is allowed. */
  directory: z.custom<IamDirectory>().optional(),
  guard: z.object({
    hosts: z.array(z.string()).readonly().optional(),
    anyPort: z.boolean().optional(),
    origins: z.array(z.string()).readonly().optional(),
  }),
});
export type S3Settings = z.output<typeof s3Settings>;

/** What the process says. */
export type S3Message =
  | { kind: 'ready'; url: string }
  | { kind: 'failed'; reason: string }
  | { kind: 'created'; event: ObjectCreated }
  | { kind: 'decided'; decision: Decision };

const say = (message: S3Message): void => {
  if (process.connected) process.send?.(message);
};

// fauxqs sorts keys by the rules of the locale but pages through them by their code units, as S3 does for both; with two
// orders a page would lose keys. Nothing but fauxqs runs in this process.
const sortByCodeUnits = (): void => {
  String.prototype.localeCompare = function (this: string, that: string) {
    const text = String(this);
    return text < that ? -1 : text > that ? 1 : 0;
  };
};

const serve = async (settings: S3Settings): Promise<void> => {
  sortByCodeUnits();
  const { directory } = settings;
  const app = await buildS3App({
    ...settings,
    onObjectCreated: (event) => say({ kind: 'created', event }),
    authorizer: directory && createAuthorizer(directory, (decision) => say({ kind: 'decided', decision })),
  });
  guardServer(app.server, settings.guard);
  const url = await app.listen({ host: '127.0.0.1', port: settings.port });
  const created = await app.inject({ method: 'PUT', url: `/${settings.bucket}`, headers: signAs(settings.keys) });
  if (created.statusCode !== 200) throw new Error(`The bucket could not be created: ${created.body}`);
  say({ kind: 'ready', url });
};

if (process.channel) {
  // Closed by the parent, or by the kernel when the parent is killed.
  process.once('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole process group; the parent still needs this server until it has closed.
  process.on('SIGINT', () => {});
  process.once('message', (message) => {
    serve(s3Settings.parse(message)).catch((error: unknown) => {
      say({ kind: 'failed', reason: error instanceof Error ? error.message : inspect(error) });
      process.disconnect?.();
    });
  });
}
