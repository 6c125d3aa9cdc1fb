import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { openCodecs } from '#functions/thumbnail/codecs.ts';
import { completeManifest } from '#functions/thumbnail/complete-manifest.ts';
import type { ThumbnailContext } from '#functions/thumbnail/context.ts';
import { readEvent } from '#functions/thumbnail/events.ts';
import { inspectOutput } from '#functions/thumbnail/inspect-output.ts';
import { systemClock } from '#shared/clock.ts';
import { manifestKey, outputKey } from '#shared/deployment/bucket.ts';
import type { Job, JobOutput } from '#shared/jobs/job.ts';
import { outputOwner } from '#shared/jobs/output-owner.ts';
import { type BusEntry, createEventBus } from '#test/fixtures/event-bus.ts';
import { readJob, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { observe } from '#test/fixtures/observed.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { openTestBucket } from '#test/fixtures/test-bucket.ts';

const Bucket = 'outputs';

/** Servers that the tests of one file share. */
export interface Servers {
  rig(): Promise<Rig>;
  close(): Promise<void>;
}

/** The function thumbnail over a table and a bucket of its own jobs. */
export interface Rig {
  context: ThumbnailContext;
  events: BusEntry[];
  /** How much later it is than the clock says, in ms. */
  aheadMs: number;
  /** Adds a job whose outputs lie in the bucket, and job.json beside them unless that is to come later. */
  store(files: readonly Buffer[], options?: { manifest?: boolean }): Promise<Job & { outputs: JobOutput[] }>;
  /** Writes job.json as generate does. */
  writeManifest(job: Job & { outputs: JobOutput[] }): Promise<void>;
  /** Runs the function for an event, as an execution that dies where `crash` says. */
  run(event: object): Promise<unknown>;
  /** The event of a new object. */
  created(key: string): object;
  /** Kills each execution from now on before or after its n-th effect (from 0); undefined lets them live. */
  crashAt(point: CrashPoint | undefined): void;
  /** The effects of all executions so far. */
  effects: string[];
  job(jobId: string): Promise<Job>;
  keys(prefix: string): Promise<string[]>;
  read(key: string): Promise<Buffer>;
  remove(key: string): Promise<void>;
}

/** A moment around an effect. */
export interface CrashPoint {
  index: number;
  when: 'before' | 'after';
}

/** The process has died: nothing that it does afterwards happens. */
export class Died extends Error {}

const effectNames = /^(PutObject|DeleteObjects|UpdateItem|PutItem|PutEvents)/;

export const startServers = async (): Promise<Servers> => {
  const [dynamoDb, bucket] = await Promise.all([startTestDynamoDb(), openTestBucket(Bucket)]);
  const codecs = openCodecs();
  return {
    rig: async () => {
      const clock = { now: () => systemClock.now() + rig.aheadMs };
      const { own: table, client } = dynamoDb.reconnect(await dynamoDb.table(clock));
      const [s3, outside] = [bucket.connect(), bucket.connect()];
      const { bus, entries } = createEventBus();
      const death = createDeath();
      const publish = bus.eventBridge.send.bind(bus.eventBridge);
      const watched = {
        ...bus,
        eventBridge: { send: (command: never) => death.pass('PutEvents', () => publish(command)) } as never,
      };
      const step = { step: 'initialize', name: 'death' } as const;
      s3.middlewareStack.add(
        (next, { commandName = '' }) =>
          (args) =>
            death.pass(commandName, () => next(args)),
        step,
      );
      client.middlewareStack.add(
        (next, { commandName = '' }) =>
          (args) =>
            death.pass(commandName, () => next(args)),
        step,
      );
      const context: ThumbnailContext = { table, s3, bucket: Bucket, bus: watched, codecs, log: observe().log };
      // What the tests themselves do meets no death.
      const { own: outsideTable } = dynamoDb.reconnect(table);
      const rig = createRig(context, { entries, death, outside, outsideTable });
      return rig;
    },
    close: async () => {
      await Promise.all([dynamoDb.close(), bucket.close()]);
    },
  };
};

const createDeath = () => {
  const effects: string[] = [];
  let point: CrashPoint | undefined;
  let begun = 0;
  let isDead = false;
  return {
    effects,
    set: (to: CrashPoint | undefined) => {
      point = to;
    },
    revive: () => {
      begun = effects.length;
      isDead = false;
    },
    pass: async <Answer>(name: string, next: () => Promise<Answer>): Promise<Answer> => {
      if (isDead) throw new Died();
      if (!effectNames.test(name)) return next();
      const isHere = point?.index === effects.length - begun;
      if (isHere && point?.when === 'before') {
        isDead = true;
        throw new Died();
      }
      const answer = await next();
      effects.push(name.replace(/Command$/, ''));
      if (isHere) {
        isDead = true;
        throw new Died();
      }
      return answer;
    },
  };
};

const createRig = (
  context: ThumbnailContext,
  {
    entries,
    death,
    outside,
    outsideTable,
  }: {
    entries: BusEntry[];
    death: ReturnType<typeof createDeath>;
    outside: S3Client;
    outsideTable: ThumbnailContext['table'];
  },
): Rig => {
  const put = (Key: string, Body: Buffer | string, Metadata?: Record<string, string>) =>
    outside.send(new PutObjectCommand({ Bucket, Key, Body, Metadata }));
  const rig: Rig = {
    context,
    events: entries,
    aheadMs: 0,
    effects: death.effects,
    store: async (files, { manifest = true } = {}) => {
      const queued = await enqueue(createLane(outsideTable));
      const outputs = await Promise.all(
        files.map(async (file, index) => {
          const key = outputKey(queued, index, 'img');
          await put(key, file, outputOwner.write({ jobId: queued.jobId, index }));
          return { bucket: Bucket, key, sha256: '', bytes: file.length, contentType: 'image/png' };
        }),
      );
      const job = { ...queued, outputs };
      if (manifest) await rig.writeManifest(job);
      return job;
    },
    writeManifest: async (job) => {
      const text = {
        jobId: job.jobId,
        request: { seed: 12 },
        outputs: job.outputs.map(({ bucket: _, ...rest }) => rest),
      };
      await put(
        manifestKey(job),
        `${JSON.stringify(text, undefined, 2)}\n`.replace(': 12\n', ': 1234567890123456789012\n'),
      );
    },
    run: async (event) => {
      death.revive();
      const known = readEvent(event);
      if (known.kind === 'manifest') return completeManifest(context, known.jobId);
      return inspectOutput(context, known.key, 'output' in known ? known.output : undefined);
    },
    created: (key) => ({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: Bucket }, object: { key } },
    }),
    crashAt: death.set,
    job: (jobId) => readJob(outsideTable, { jobId }),
    keys: async (Prefix) => {
      const { Contents = [] } = await outside.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    read: async (Key) => {
      const { Body } = await outside.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    remove: async (Key) => {
      await outside.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
  return rig;
};
