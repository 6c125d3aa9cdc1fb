import { openCallerPaths } from '../callers/token-paths.ts';
import type { FunctionName } from '../deployment/names.ts';
import { aliasArn, allow, type Conditions, type Permission, type StackArns } from './permission.ts';

/** The services of AWS that act for the stack by themselves, as principals. */
export const awsServices = {
  apiGateway: 'apigateway.amazonaws.com',
  eventBridge: 'events.amazonaws.com',
  lambda: 'lambda.amazonaws.com',
  scheduler: 'scheduler.amazonaws.com',
  secretsManager: 'secretsmanager.amazonaws.com',
} as const;

export type AwsService = (typeof awsServices)[keyof typeof awsServices];

/** What a service may do, as the policy of a function or a queue says it: each for one source only. */
export interface ServicePermission extends Permission {
  service: AwsService;
}

/** The rules of EventBridge by what they start. */
export const ruleNames = ['inbox', 'notify', 'thumbnail'] as const;
export type RuleName = (typeof ruleNames)[number];

/** The ARNs of what a service acts for, when it invokes a function. */
export interface SourceArns {
  account: string;
  /** Without a stage. */
  httpApi: string;
  /** In mode `callers`. */
  callers?: { authorizer: string; signingKey: string };
  clientCredentials: string;
  /** That of the thumbnails only where there are some. */
  rules: Partial<Record<RuleName, string>>;
}

const from = (source: string): Conditions => ({ ArnLike: { 'aws:SourceArn': source } });

/** With the account too: a secret's ARN names it, and yet AWS asks for both. */
const fromSecret = (secret: string, account: string): Conditions => ({
  StringEquals: { 'aws:SourceAccount': account },
  ...from(secret),
});

/** Who may invoke which function, by the policies of the functions. */
export const listInvocations = (
  arns: Pick<StackArns, 'functions'>,
  { account, httpApi, callers, clientCredentials, rules }: SourceArns,
): ServicePermission[] => {
  const { functions } = arns;
  const may = (service: AwsService, target: string, conditions: Conditions): ServicePermission => ({
    service,
    ...allow(['lambda:InvokeFunction'], [target], conditions),
  });
  const { apiGateway, eventBridge, secretsManager } = awsServices;
  const started: Record<RuleName, string> = {
    inbox: aliasArn(arns, 'inbox'),
    notify: aliasArn(arns, 'notify'),
    thumbnail: functions.thumbnail,
  };
  return [
    // Every route, the one of no path included.
    may(apiGateway, functions.api, from(`${httpApi}/*/*`)),
    may(secretsManager, functions['secret-rotation'], fromSecret(clientCredentials, account)),
    ...(callers === undefined
      ? []
      : [
          ...openCallerPaths.map((path) => may(apiGateway, functions['caller-token'], from(`${httpApi}/*/*${path}`))),
          may(apiGateway, functions.authorize, from(callers.authorizer)),
          may(secretsManager, functions['signing-key'], fromSecret(callers.signingKey, account)),
        ]),
    ...ruleNames.flatMap((name) => {
      const rule = rules[name];
      return rule === undefined ? [] : [may(eventBridge, started[name], from(rule))];
    }),
  ];
};

/** Keeps what a rule could not deliver, in a queue of its own. */
export const keepUndelivered = (queue: string, rule: string): ServicePermission => ({
  service: awsServices.eventBridge,
  ...allow(['sqs:SendMessage'], [queue], { ArnEquals: { 'aws:SourceArn': rule } }),
});

/** The functions that run by the clock. */
export const scheduledFunctionNames = [
  'dispatch',
  'token-refresh',
  'secret-rotation',
] as const satisfies FunctionName[];
export type ScheduledFunctionName = (typeof scheduledFunctionNames)[number];

/** What the role of a schedule may do. */
export const invokeScheduled = (functionArn: string): Permission => allow(['lambda:InvokeFunction'], [functionArn]);

/** The scheduler takes on the role of a schedule for the schedules of this group only. */
export const onlyForGroup = (account: string, group: string) =>
  ({ StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } }) as const;

/** The functions whose failures are kept once Lambda has given up: it sends them as the role of the function. */
export const failingFunctionNames = ['generate', 'inbox', 'notify', 'thumbnail'] as const satisfies FunctionName[];
