import { inspect } from 'node:util';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { guardServer } from '#shared/loopback-guard.ts';
import { collectAtRest } from '../collect-garbage.ts';
import { DataFolderError } from '../data/database.ts';
import { createAuthorizer, type Decision, type IamDirectory } from '../iam/authorizer.ts';
import { nameSources } from '../programs.ts';
import type { ObjectCreated } from './object-created.ts';
import { buildS3App, signAs } from './s3-app.ts';
import { openObjectStorage } from './storage/object-storage.ts';

/** What the process is told to begin with: over the channel, since arguments and environment can be read by others. */
export const s3Settings = z.object({
  port: z.int(),
  bucket: z.string(),
  eventPrefixes: z.array(z.string()),
  keys: z.record(z.string(), z.string()),
  /** Folder that keeps the objects; without one they are kept in memory. */
  storageDirectory: z.string().optional(),
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
  | { kind: 'failed'; reason: string; isFolder: boolean }
  | { kind: 'created'; event: ObjectCreated; eventId?: number }
  | { kind: 'decided'; decision: Decision };

/** What the process is told afterwards. */
export const s3Command = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('announce') }),
  z.object({ kind: z.literal('delivered'), eventId: z.int() }),
]);
export type S3Command = z.output<typeof s3Command>;

const say = (message: S3Message): void => {
  // A parent that was killed hears nothing any more; this process ends when the channel closes.
  if (process.connected) process.send?.(message, () => {});
};

// fauxqs sorts keys by the rules of the locale but pages through them by their code units, as S3 does for both; with two
// orders a page would lose keys. Nothing but fauxqs runs in this process.
const sortByCodeUnits = (): void => {
  String.prototype.localeCompare = function (this: string, that: string) {
    const text = String(this);
    return text < that ? -1 : text > that ? 1 : 0;
  };
};

/** Takes a free port in place of one that is in use, if only the earlier URLs would have been nice to keep. */
const listen = async (app: FastifyInstance, port: number, orAnother: boolean): Promise<string> => {
  try {
    return await app.listen({ host: '127.0.0.1', port });
  } catch (error) {
    if (!orAnother || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return app.listen({ host: '127.0.0.1', port: 0 });
  }
};

const serve = async (settings: S3Settings): Promise<void> => {
  sortByCodeUnits();
  const { directory: iam, storageDirectory: directory } = settings;
  const onObjectCreated = (event: ObjectCreated, eventId?: number) => say({ kind: 'created', event, eventId });
  const isAnnounced = (key: string) => settings.eventPrefixes.some((prefix) => key.startsWith(prefix));
  const storage =
    directory === undefined ? undefined : await openObjectStorage({ directory, isAnnounced, onObjectCreated });
  const authorizer = iam && createAuthorizer(iam, (decision) => say({ kind: 'decided', decision }));
  const app = await buildS3App({ ...settings, onObjectCreated, storage, authorizer });
  guardServer(app.server, settings.guard);
  const url = await listen(app, settings.port, storage !== undefined);
  process.on('message', (message) => {
    const command = s3Command.parse(message);
    if (!storage) return;
    if (command.kind === 'announce') return storage.announce();
    try {
      storage.delivered(command.eventId);
    } catch (error) {
      // It is delivered once more after a restart, as events of S3 may be.
      console.error(`An event of S3 could not be forgotten: ${String(error)}`);
    }
  });
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
    nameSources();
    collectAtRest();
    serve(s3Settings.parse(message)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : inspect(error);
      say({ kind: 'failed', reason, isFolder: error instanceof DataFolderError });
      process.disconnect?.();
    });
  });
}
