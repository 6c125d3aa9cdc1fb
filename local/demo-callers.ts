import * as z from 'zod';
import { createCaller } from '#shared/callers/caller-store.ts';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { systemClock } from '#shared/clock.ts';
import { localClients } from './clients.ts';
import { memoryState, type State } from './data/state.ts';
import type { StackDescription } from './stack.ts';
import { stackNames } from './stack-settings.ts';

/** A caller of the embedded stack, with its secret: on this machine there is nothing to keep from anybody. */
export interface DemoCaller {
  name: string;
  clientId: string;
  clientSecret: string;
}

const names = ['demo-campaigns', 'demo-catalogue'] as const;

const callersSchema = z.array(z.object({ name: z.string(), clientId: z.string(), clientSecret: z.string() }));

/**
 * Makes the two callers that one can try tokens with, or finds those that an earlier process made.
 *
 * @param budget Operations that the second one may spend a day; any number if undefined
 */
export const createDemoCallers = async (
  urls: StackDescription,
  budget?: number,
  state: State = memoryState,
): Promise<DemoCaller[]> => {
  const [kept] = state.read('demo-callers', callersSchema).values();
  const { tables: dynamoDb } = localClients(urls);
  const table = { dynamoDb, tableName: stackNames.callerTable, clock: systemClock };
  try {
    const create = async (name: string): Promise<DemoCaller> => {
      const { caller, secret } = await createCaller(table, { name, operator: false });
      return { name, clientId: caller.callerId, clientSecret: secret.value };
    };
    const callers = kept ?? (await Promise.all(names.map(create)));
    if (kept === undefined) state.write({ kind: 'demo-callers', id: 'stack', value: callers });
    const [, limited] = callers;
    if (limited && budget !== undefined) await putPolicy(table, limited.clientId, { operationsPerDay: budget });
    return callers;
  } finally {
    dynamoDb.destroy();
  }
};
