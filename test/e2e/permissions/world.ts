import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import type { Decision } from '#local/iam/authorizer.ts';
import type { Statement } from '#local/iam/statements.ts';
import { createIdentities } from '#local/stack-identities.ts';
import { listServicePolicies } from '#local/stack-service-policies.ts';
import { stackNames, stackSettings } from '#local/stack-settings.ts';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';
import { type FaultProxy, startFaultProxy } from '#test/fixtures/fault-proxy.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { createServiceCalls, type ServiceCalls } from '#test/fixtures/service-calls.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

/** A bucket of another team that the settings let callers name. */
const inputBucket = 'campaign-pictures';

/** A whole gateway whose decisions of IAM are recorded, and what the runs do with it. */
export interface World {
  gateway: Gateway;
  calls: ServiceCalls;
  adobe: ReturnType<typeof simulatorControl>;
  /** Every decision so far. */
  decisions: Decision[];
  /** Sends JSON as a caller; the answer must be of this status. */
  send(method: string, path: string, body?: unknown, options?: SendOptions): Promise<Response>;
  /** Stores an object as a team would; returns its URL. */
  put(key: string, body: string | Uint8Array, bucket?: string): Promise<string>;
  /** Has dispatch run until something holds. */
  dispatchUntil(check: () => Promise<void>): Promise<void>;
  /** Loses the answers to requests of dispatch that the table of jobs has served: the SDK asks again. */
  loseAnswers(matches: (body: string) => boolean): void;
  inputBucket: string;
  /** Changes an item of the table of jobs behind the back of the functions. */
  update(key: Record<string, string>, expression: string, values: Record<string, unknown>): Promise<void>;
  /** From then on its objects have the version `null` and say so. */
  suspendVersioning(bucket: string): Promise<void>;
  close(): Promise<void>;
}

export interface SendOptions {
  caller?: string;
  expects?: number;
  headers?: Record<string, string>;
}

/** Starts a gateway with a service whose lane has a window of seconds, thumbnails, and an input bucket. */
export const startWorld = async (): Promise<World> => {
  const decisions: Decision[] = [];
  const proxies: FaultProxy[] = [];
  let isLost: ((body: string) => boolean) | undefined;
  const gateway = await startGateway({
    ...withoutPictures,
    services: ['photoshop', 'image', 'audio-video', 'content-tagging'],
    settings: { ...withoutPictures.settings, thumbnails: true, inputBuckets: [inputBucket] },
    simulator: { ...withoutPictures.simulator, outputBytes: null },
    operationPages: { maxItems: 2, maxBytes: 1_000_000 },
    onDecision: (decision) => decisions.push(decision),
    between: async ({ dynamodb }) => {
      const proxy = await startFaultProxy(
        dynamodb,
        ({ body }) => (isLost?.(body.toString()) ? 'crash after' : 'pass'),
        async () => {
          isLost = undefined;
        },
      );
      proxies.push(proxy);
      return { dispatch: { dynamodb: proxy.url } };
    },
  });
  const { s3, ...others } = localClients(gateway.stack.description);
  const put: World['put'] = async (Key, Body, Bucket = stackNames.bucket) => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    return `s3://${Bucket}/${Key}`;
  };
  await s3.send(new CreateBucketCommand({ Bucket: inputBucket }));
  const documents = DynamoDBDocumentClient.from(others.dynamoDb);
  return {
    gateway,
    calls: createServiceCalls(gateway),
    adobe: simulatorControl(gateway.stack.description.firefly),
    decisions,
    send: async (method, path, body, { caller = 'local', expects, headers = {} } = {}) => {
      const response = await gateway.call(path, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          'x-local-caller': caller,
          ...headers,
        },
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      });
      if (expects !== undefined) expect([path, response.status]).toEqual([path, expects]);
      return response;
    },
    put,
    dispatchUntil: (check) =>
      vi.waitFor(
        async () => {
          await gateway.stack.lambda.invoke(stackNames.functions.dispatch, { scheduled: true });
          await check();
        },
        { timeout: 150_000, interval: 500 },
      ),
    loseAnswers: (matches) => {
      isLost = matches;
    },
    inputBucket,
    update: async (Key, UpdateExpression, ExpressionAttributeValues) => {
      await documents.send(
        new UpdateCommand({ TableName: stackNames.table, Key, UpdateExpression, ExpressionAttributeValues }),
      );
    },
    suspendVersioning: async (Bucket) => {
      const VersioningConfiguration = { Status: 'Suspended' } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    },
    close: async () => {
      for (const client of [s3, ...Object.values(others)]) client.destroy();
      await gateway.close();
      for (const proxy of proxies) await proxy.close();
    },
  };
};

const toList = (value: Statement['Action'] = []): readonly string[] => (typeof value === 'string' ? [value] : value);

/** One action of one statement on one of its resources. */
const nameAtom = (name: string, statement: number, action: string, resource: string): string =>
  `${name} ${statement}: ${action} on ${resource}`;

const nameAtoms = (name: string, statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action, Resource }, index) =>
    toList(Action).flatMap((action) => toList(Resource).map((arn) => nameAtom(name, index, action, arn))),
  );

/** All that the roles of a gateway allow, piece by piece, by function. */
export const listAllowed = ({ stack }: Gateway): Map<FunctionName, string[]> =>
  new Map(functionNames.map((name) => [name, nameAtoms(name, stack.identities[name].statements)]));

/** The same of what services of AWS may do: by the policies of functions, queues and roles, and by the roles of the schedules. */
export const listServiceAllowed = (): Map<string, string[]> => {
  const settings = stackSettings({ thumbnails: true });
  const { schedules } = createIdentities(settings, false);
  return new Map([
    ...Object.entries(listServicePolicies(settings)).map(([arn, statements]): [string, string[]] => [
      arn,
      nameAtoms(arn, statements),
    ]),
    ...Object.values(schedules).map(({ name, statements }): [string, string[]] => [name, nameAtoms(name, statements)]),
  ]);
};

/** The pieces without which one of these requests would have been refused. */
export const listNeeded = (decisions: readonly Decision[]): Set<string> =>
  new Set(
    decisions.flatMap(({ identity, resource, matches, granted }) => {
      const [match, ...others] = [
        ...matches.map((each) => ({ ...each, of: identity })),
        ...granted.map((each) => ({ ...each, of: resource })),
      ];
      return match === undefined || others.length > 0
        ? []
        : [nameAtom(match.of, match.statement, match.action, match.resource)];
    }),
  );
