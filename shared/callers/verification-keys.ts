import { type CryptoKey, importJWK } from 'jose';
import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { putItem, queryItems, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { callerPartitions } from '../deployment/tables.ts';
import { type VerificationKey, verificationKeySchema } from './token.ts';

const parseKey = createItemParser(verificationKeySchema);

const keyOf = (kid: string) => ({ pk: callerPartitions.verificationKeys, sk: kid });

/** Publishes a key, so that tokens signed with it are accepted; again for one that is there, it changes nothing. */
export const publishKey = async (table: Table, key: VerificationKey): Promise<void> => {
  await putItem(table, { ...keyOf(key.kid), ...key }, condition`attribute_not_exists(#pk)`);
};

/** The published keys; tokens signed with any of them are accepted. */
export const listKeys = async (table: Table): Promise<VerificationKey[]> => {
  const items = [];
  const where = condition`#pk = ${callerPartitions.verificationKeys}`;
  for await (const item of queryItems(table, { where, consistent: true })) items.push(item);
  return parseEach(table, items, parseKey).parsed;
};

/**
 * Ends every key but one, after the tokens signed with it have ended. A key that is ending already keeps its end.
 *
 * @param seconds until then
 */
export const endOtherKeys = async (table: Table, current: string, seconds: number): Promise<void> => {
  for (const { kid } of await listKeys(table)) {
    if (kid === current) continue;
    await updateItem(table, keyOf(kid), {
      setIfAbsent: { expiresAt: ttlAfter(table, seconds) },
      when: condition`attribute_exists(#pk)`,
    });
  }
};

// A key that was published a moment ago may be looked for before it is known here; a made-up one must not cost a read each.
const minMsBetweenReads = 60_000;
// An ended key is refused after this at the latest.
const maxAgeMs = 10 * 60_000;

/**
 * Finds published keys by their ids and remembers them. An id that is not known costs one read of the table a minute at most.
 *
 * @param table of callers
 */
export const createKeyFinder = (table: Table): ((kid: string) => Promise<CryptoKey | undefined>) => {
  let known: Promise<Map<string, CryptoKey>> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<Map<string, CryptoKey>> => {
    const keys = await listKeys(table);
    const imported = keys.map(async ({ kid, publicKey }) => [kid, await importJWK(publicKey, 'EdDSA')] as const);
    return new Map(
      (await Promise.all(imported)).flatMap(([kid, key]) => (key instanceof Uint8Array ? [] : [[kid, key]])),
    );
  };
  const readAgain = (): Promise<Map<string, CryptoKey>> => {
    readAt = table.clock.now();
    const reading = read();
    known = reading;
    // A failed read is not remembered.
    reading.catch(() => {
      if (known !== reading) return;
      known = undefined;
      readAt = Number.NEGATIVE_INFINITY;
    });
    return reading;
  };

  return async (kid) => {
    const age = table.clock.now() - readAt;
    const keys = await (known === undefined || age > maxAgeMs ? readAgain() : known);
    const key = keys.get(kid);
    if (key !== undefined || table.clock.now() - readAt < minMsBetweenReads) return key;
    return (await readAgain()).get(kid);
  };
};
