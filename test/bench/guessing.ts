import { createTokenEndpoint } from '#functions/caller-token/endpoint.ts';
import { createCaller } from '#shared/callers/caller-store.ts';
import { systemClock } from '#shared/clock.ts';
import { silentLog } from '#test/fixtures/bad-input.ts';
import { startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { tokenEvent } from '#test/fixtures/token-event.ts';
import { median } from './table.ts';

/** How long a refusal of the token endpoint takes, medians in ms. */
export interface GuessingFigures {
  wrongSecretP50: number;
  unknownIdP50: number;
  noIdP50: number;
  /** The largest of the three divided by the smallest: what a guesser could tell them apart by. */
  ratio: number;
}

/** Measures the three kinds of refusal in turn, each time from another address, so that none is delayed. */
export const measureGuessing = async ({ rounds = 400 } = {}): Promise<GuessingFigures> => {
  const dynamoDb = await startTestDynamoDb();
  try {
    const table = await dynamoDb.callerTable(systemClock);
    const endpoint = createTokenEndpoint({
      table,
      audit: { table: await dynamoDb.auditTable(systemClock), log: silentLog },
      issuer: 'https://gateway.example.com',
      audience: 'bench',
      readSigningKey: async () => undefined,
      lifetimeSeconds: 86_400,
      log: silentLog,
      recordMetric: () => {},
    });
    let address = 0;
    const guess = async (clientId: string): Promise<number> => {
      address += 1;
      const start = performance.now();
      const { statusCode } = await endpoint(
        buildGuess(clientId, `10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`),
      );
      if (statusCode !== 400) throw new Error(`Expected 400, got ${statusCode}.`);
      return performance.now() - start;
    };
    const times = { wrongSecret: [] as number[], unknownId: [] as number[], noId: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      // A caller of its own for each: after five failures the next would be delayed.
      const { caller } = await createCaller(table, { name: 'bench', operator: false });
      const wrongSecret = await guess(caller.callerId);
      const unknownId = await guess(`fgw_${round.toString(16).padStart(24, '0')}`);
      const noId = await guess('nobody');
      if (round < rounds / 10) continue;
      times.wrongSecret.push(wrongSecret);
      times.unknownId.push(unknownId);
      times.noId.push(noId);
    }
    const [wrongSecretP50, unknownIdP50, noIdP50] = [times.wrongSecret, times.unknownId, times.noId].map(median);
    const all = [wrongSecretP50, unknownIdP50, noIdP50].map(Number);
    return {
      wrongSecretP50: Number(wrongSecretP50),
      unknownIdP50: Number(unknownIdP50),
      noIdP50: Number(noIdP50),
      ratio: Math.max(...all) / Math.min(...all),
    };
  } finally {
    await dynamoDb.close();
  }
};

const buildGuess = (clientId: string, sourceIp: string) =>
  tokenEvent({
    sourceIp,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: `fgs_${'A'.repeat(43)}`,
    }).toString(),
  });
