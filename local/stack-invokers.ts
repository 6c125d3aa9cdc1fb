import { awsServices, type ScheduledFunctionName } from '#shared/permissions/service-permissions.ts';
import type { EventRule } from './event-rules.ts';
import type { BusEvent } from './eventbridge.ts';
import type { CallerFunctions } from './http-api/caller-functions.ts';
import type { HttpApiEvent } from './http-api/request-event.ts';
import type { Authorizer } from './iam/authorizer.ts';
import type { Access } from './iam/statements.ts';
import { functionArn, parseFunctionReference } from './lambda/function-definition.ts';
import type { Lambda } from './lambda/start-lambda.ts';
import { ServiceError } from './service-error.ts';
import { scheduleGroupArn, sourceArns } from './stack-arns.ts';
import type { StackIdentities } from './stack-identities.ts';
import { stackNames } from './stack-settings.ts';

/** How the services of AWS invoke the functions of a stack: as themselves, for their source, as far as policies let them. */
export interface Invokers {
  /** API Gateway's. @throws {ServiceError} 403 */
  api: CallerFunctions & { invokeApi(event: HttpApiEvent): Promise<unknown> };
  /** Starts what a rule of EventBridge starts. @throws {ServiceError} 403, or what Lambda refuses */
  startByRule(rule: EventRule, event: BusEvent): Promise<void>;
  /** Runs a step of a rotation, as Secrets Manager does. @throws {ServiceError} 403 */
  rotate(functionReference: string, event: { SecretId: string }): Promise<void>;
  /** Runs a function as the scheduler does, with the role of the schedule. @throws {ServiceError} 403 */
  runSchedule(name: ScheduledFunctionName, event: unknown): Promise<unknown>;
}

export const createInvokers = (
  lambda: Pick<Lambda, 'invoke' | 'start'>,
  authorizer: Authorizer,
  schedules: StackIdentities['schedules'],
): Invokers => {
  const check = (denial: string | undefined): void => {
    if (denial !== undefined) throw new ServiceError('AccessDeniedException', denial, 403);
  };
  const invocationOf = (functionReference: string, context?: Access['context']): Access => {
    const { name, qualifier } = parseFunctionReference(functionReference);
    return { action: 'lambda:InvokeFunction', resource: functionArn(name, qualifier), context };
  };
  const from = (source: string) => ({ 'aws:sourcearn': source, 'aws:sourceaccount': sourceArns.account });
  const invokeByApi = (name: 'api' | 'caller-token' | 'authorize', source: string, event: HttpApiEvent) => {
    const functionName = stackNames.functions[name];
    check(authorizer.findServiceDenial(awsServices.apiGateway, invocationOf(functionName, from(source))));
    return lambda.invoke(functionName, event);
  };
  const { httpApi } = sourceArns;
  return {
    api: {
      invokeApi: async (event) => invokeByApi('api', `${httpApi}/$default/$default`, event),
      invokeCallerToken: async (event) => {
        const { method, path } = event.requestContext.http;
        return invokeByApi('caller-token', `${httpApi}/$default/${method}${path}`, event);
      },
      invokeAuthorize: async (event) => invokeByApi('authorize', sourceArns.callers.authorizer, event),
    },
    startByRule: async ({ name, functionReference }, event) => {
      const access = invocationOf(functionReference, from(sourceArns.rules[name]));
      check(authorizer.findServiceDenial(awsServices.eventBridge, access));
      await lambda.start(functionReference, event);
    },
    rotate: async (functionReference, event) => {
      const access = invocationOf(functionReference, from(event.SecretId));
      check(authorizer.findServiceDenial(awsServices.secretsManager, access));
      await lambda.invoke(functionReference, event);
    },
    runSchedule: async (name, event) => {
      const { accessKeyId, arn } = schedules[name];
      const assumed = { action: 'sts:AssumeRole', resource: arn, context: from(scheduleGroupArn) };
      check(authorizer.findServiceDenial(awsServices.scheduler, assumed));
      check(authorizer.findDenial(accessKeyId, [invocationOf(stackNames.functions[name])]));
      return lambda.invoke(stackNames.functions[name], event);
    },
  };
};
