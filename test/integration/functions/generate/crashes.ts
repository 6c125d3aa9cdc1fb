import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import type { Job } from '#shared/jobs/job.ts';
import { toStartedTurn } from '#shared/jobs/started-turn.ts';
import { die, runDurably } from '#test/fixtures/replayed-execution.ts';
import type { Rig } from './rig.ts';

/** Where a process dies: at its n-th effect, before or after it. */
export interface Crash {
  at: number;
  after: boolean;
}

const objectEffects = ['PutObjectCommand', 'DeleteObjectCommand'];

/**
 * Follows a job that dies once, at an effect on the table or the bucket.
 *
 * @returns how many effects there were, and how often its execution was begun
 */
export const followWithCrash = async (rig: Rig, job: Job, crash: Crash | undefined) => {
  let effects = 0;
  const dying =
    <Args, Answer>(isEffect: (name: string) => boolean) =>
    (next: (args: Args) => Promise<Answer>, context: object) =>
    async (args: Args): Promise<Answer> => {
      if (!isEffect((context as { commandName?: string }).commandName ?? '')) return next(args);
      const index = effects++;
      if (crash?.at === index && !crash.after) return die();
      const answer = await next(args);
      if (crash?.at === index) return die();
      return answer;
    };
  const options = { step: 'initialize', name: 'dying' } as const;
  rig.dynamoDb.middlewareStack.add(dying((name) => name === 'UpdateItemCommand') as never, options);
  rig.context.s3.middlewareStack.add(dying((name) => objectEffects.includes(name)) as never, options);
  try {
    const { invocations } = await runDurably<TurnEnd>((durable) => runJob(durable, toStartedTurn(job), rig.context));
    return { effects, invocations };
  } finally {
    rig.context.s3.middlewareStack.remove('dying');
    rig.dynamoDb.middlewareStack.remove('dying');
  }
};
