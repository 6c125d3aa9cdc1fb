import { recoverEnds } from '#functions/dispatch/recover-ends.ts';
import { recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import { scheduleBatches } from '#functions/dispatch/schedule-batches.ts';
import type { InboxContext } from '#functions/inbox/context.ts';
import { processBatch } from '#functions/inbox/process-batch.ts';
import { LeaseOverError } from '#functions/inbox/read/enqueue-lines.ts';
import { type AttributeMap, fromAttributes } from '#shared/aws/dynamodb/attribute-values.ts';
import type { BatchRun } from '#shared/batches/batch-progress.ts';
import { createJournal } from '#test/fixtures/journal.ts';
import type { Rig } from './rig.ts';

/**
 * What happens to one effect: its process dies before or after it for good, or after it and is resumed at the last finished
 * step; its answer is lost, so that the client asks again; its process stops before it and goes on when everything is over.
 */
export type Fate = 'crash before' | 'crash after' | 'crash, resumed' | 'lost answer' | 'stall';

/** Where a fault comes: at the n-th effect, from 0. */
export interface Fault {
  index: number;
  fate: Fate;
}

/** A rig whose processes each have their own connections to the outside world, one of which fails once. */
export interface FaultyWorld {
  rig: Rig;
  /** Names of the effects that the processes have had. */
  effects: string[];
  /** Called before each effect. */
  onEffect(hook: (name: string) => Promise<void>): void;
  /** Does something in a process of its own; undefined if it died. */
  inProcess<Result>(run: (context: InboxContext) => Promise<Result>): Promise<Result | undefined>;
  /** What dispatch does: what crashes left of jobs, then batches, each of whose executions is a process of its own. */
  dispatch(): Promise<void>;
  /** Lets a process that stalled go on to its end; false if there is none. */
  release(): Promise<boolean>;
}

const effectful =
  /^(Put|Update|Delete|BatchWrite|PutObject|UploadPart|CreateMultipart|CompleteMultipart|DeleteObjects|PutEvents)/;

export const createFaultyWorld = (rig: Rig, fault?: Fault): FaultyWorld => {
  const effects: string[] = [];
  const stalled: { goOn: () => void; end: Promise<unknown> }[] = [];
  let hook: (name: string) => Promise<void> = async () => {};
  let faults = fault === undefined ? [] : [fault];
  const resumes = fault?.fate === 'crash, resumed';

  const inProcess = async <Result>(run: (context: InboxContext) => Promise<Result>): Promise<Result | undefined> => {
    let isDead = false;
    let die: () => void = () => {};
    const death = new Promise<undefined>((resolve) => {
      die = () => {
        isDead = true;
        resolve(undefined);
      };
    });
    let end: Promise<Result | undefined> | undefined;
    const never = () => new Promise<never>(() => {});
    const call = async (name: string, send: () => Promise<unknown>): Promise<unknown> => {
      if (isDead) return never();
      if (!effectful.test(name) && name !== 'Invoke') return send();
      const armed = faults.find(({ index }) => index === effects.length);
      effects.push(name);
      await hook(name);
      if (armed === undefined) return send();
      faults = [];
      if (armed.fate === 'lost answer') return send().then(send);
      if (armed.fate === 'stall') {
        await new Promise<void>((goOn) => {
          stalled.push({ goOn, end: Promise.resolve().then(() => end) });
          die();
          isDead = false;
        });
        return send();
      }
      if (armed.fate !== 'crash before') await send();
      die();
      return never();
    };
    end = run(connect(rig.context, call));
    end.catch(() => undefined);
    return Promise.race([end, death]);
  };

  const follow = async (run: BatchRun): Promise<void> => {
    const journal = createJournal();
    const end = await inProcess((context) => processBatch(journal, run, context));
    if (end === undefined && resumes) await inProcess((context) => processBatch(journal, run, context));
  };

  return {
    rig,
    effects,
    onEffect: (wanted) => {
      hook = wanted;
    },
    inProcess,
    dispatch: async () => {
      const started: BatchRun[] = [];
      await inProcess(async (context) => {
        const recovering = { ...context, startTurn: async () => {}, recordMetric: () => {} };
        await recoverJobs(recovering);
        await recoverEnds(recovering, 'jobs');
        const startRun = async (run: BatchRun) => {
          await context.triggerDispatch();
          // The same work starts once, however often it is asked for.
          if (!started.some(({ batchId, run: known }) => batchId === run.batchId && known === run.run)) {
            started.push(run);
          }
        };
        await scheduleBatches({ ...recovering, startRun });
        await recoverEnds(recovering, 'batches');
      });
      for (const run of started) await follow(run);
    },
    release: async () => {
      for (const { goOn, end } of stalled) {
        goOn();
        await end.catch((error: unknown) => {
          if (!(error instanceof LeaseOverError)) throw error;
        });
      }
      return stalled.length > 0;
    },
  };
};

/** The name of a request and, of an item of the table, what it is about. */
const nameOf = (request: string | object, input: { Item?: AttributeMap; Key?: AttributeMap } = {}): string => {
  if (typeof request === 'object') return request.constructor.name.replace(/Command$/, '');
  const item = input.Item ?? input.Key;
  if (item === undefined) return request.replace(/Item$/, '');
  const { pk, sk } = fromAttributes(item);
  const about = String(sk).startsWith('request#') ? 'request' : String(pk).split('#')[0];
  return `${request.replace(/Item$/, '')} ${about}`;
};

/** The context of a process: every call to the outside world goes through `call`. */
const connect = (
  context: InboxContext,
  call: (name: string, send: () => Promise<unknown>) => Promise<unknown>,
): InboxContext => {
  const through = <Client extends object>(client: Client): Client =>
    new Proxy(client, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (property !== 'send' || typeof value !== 'function') return value;
        return (...request: Parameters<typeof nameOf>) => call(nameOf(...request), () => value.apply(target, request));
      },
    });
  return {
    ...context,
    table: { ...context.table, dynamoDb: through(context.table.dynamoDb) },
    webhookTable: { ...context.webhookTable, dynamoDb: through(context.webhookTable.dynamoDb) },
    s3: through(context.s3),
    bus: { ...context.bus, eventBridge: through(context.bus.eventBridge) },
    triggerDispatch: async () => {
      await call('Invoke', () => context.triggerDispatch());
    },
  };
};
