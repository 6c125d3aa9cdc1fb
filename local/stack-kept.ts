import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { listExpirations, type ObjectRetention } from '#shared/deployment/object-retention.ts';
import type { JobIndex } from '#shared/deployment/tables.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { localClients } from './clients.ts';
import type { DataFolder } from './data/data-folder.ts';
import type { State } from './data/state.ts';
import { expireItems } from './expire-items.ts';
import { expireObjects } from './expire-objects.ts';
import { simulatedCredentials } from './simulator/credentials.ts';
import type { SimulatorOptions } from './simulator/simulator.ts';
import { type Credentials, createCredentials } from './stack-identities.ts';
import type { SchedulesOptions } from './stack-schedules.ts';
import { stackNames } from './stack-settings.ts';

type ServerUrls = Parameters<typeof localClients>[0];

const credentialsSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() });

/** The credentials of identities, which are kept: presigned URLs that were given away are signed with them. */
export const keepCredentials = (state: State): ((name: string) => Credentials) => {
  const kept = state.read('credentials', credentialsSchema);
  return (name) => {
    const found = kept.get(name);
    if (found) return found;
    const created = createCredentials();
    state.write({ kind: 'credentials', id: name, value: created });
    return created;
  };
};

/** Whether a start had an access token: credentials that were good before need not end one that has none for the time being. */
export const hasStarted = (state: State): boolean => state.read('started', z.literal(true)).size > 0;

/** Keeps that a start came to its end. */
export const noteStart = (state: State): void => state.write({ kind: 'started', id: 'token', value: true });

/** The port that a server had before, so that its URLs stay; 0 for any. */
export const readPort = (state: State, server: string): number => state.read('port', z.int()).get(server) ?? 0;

/** Keeps the port of a server. */
export const keepPort = (state: State, server: string, url: string): void => {
  const port = Number(new URL(url).port);
  if (port !== readPort(state, server)) state.write({ kind: 'port', id: server, value: port });
};

/** What the schedules of a stack do beside if it has a data folder, where what has expired would stay for ever. */
export const keptSchedules = (
  data: DataFolder | undefined,
  urls: ServerUrls,
  retention: ObjectRetention,
): SchedulesOptions => ({
  state: data?.state,
  expire:
    data &&
    (async () => {
      const { dynamoDb, s3, secretsManager } = localClients(urls);
      const now = Date.now();
      const expired = await Promise.allSettled([
        expireItems(dynamoDb, now),
        expireObjects(s3, listExpirations(retention), now),
      ]);
      for (const client of [dynamoDb, s3, secretsManager]) client.destroy();
      const failures = expired.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      if (failures.length > 0) throw failures[0];
    }),
});

/** Jobs that have not ended. */
export interface OpenJobs {
  waiting: number;
  running: number;
}

const index: JobIndex = 'queue';
const { sk: jobSortKey } = jobKey('');

/** Counts the jobs that an earlier process left, by the index that holds each until it has ended. */
export const countOpenJobs = async (
  dynamoDb: DynamoDBClient,
  tableName: string = stackNames.table,
): Promise<OpenJobs> => {
  const open: OpenJobs = { waiting: 0, running: 0 };
  const scan = { TableName: tableName, IndexName: index, ProjectionExpression: 'sk, queueState' };
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, scan)) {
    for (const { sk, queueState } of Items) {
      // Batches, erasures and reservations that are open stand in it as well.
      if (sk?.S === jobSortKey) open[queueState?.S === 'active' ? 'running' : 'waiting'] += 1;
    }
  }
  return open;
};

/** The jobs that an earlier process left. */
export const readOpenJobs = async (urls: ServerUrls): Promise<OpenJobs> => {
  const { dynamoDb, s3, secretsManager } = localClients(urls);
  try {
    return await countOpenJobs(dynamoDb);
  } finally {
    for (const client of [dynamoDb, s3, secretsManager]) client.destroy();
  }
};

const secretSchema = z.object({ clientId: z.string(), clientSecret: z.string(), secretUuid: z.string().optional() });

/**
 * The client secret that a simulator in this process must know: it begins with its first one, and the kept secret may have been
 * rotated since.
 */
export const readSimulatedCredential = async (urls: ServerUrls): Promise<SimulatorOptions['credential']> => {
  const { dynamoDb, s3, secretsManager } = localClients(urls);
  try {
    const command = new GetSecretValueCommand({ SecretId: stackNames.clientCredentialsSecret });
    const { SecretString = '' } = await secretsManager.send(command);
    const { clientId, clientSecret, secretUuid } = secretSchema.parse(JSON.parse(SecretString));
    if (clientId !== simulatedCredentials.clientId) return undefined;
    return { clientSecret, secretUuid: secretUuid ?? simulatedCredentials.secretUuid };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  } finally {
    for (const client of [dynamoDb, s3, secretsManager]) client.destroy();
  }
};
