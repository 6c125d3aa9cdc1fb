import { awsServices, failingFunctionNames, type RuleName } from '#shared/permissions/service-permissions.ts';
import type { Authorizer } from './iam/authorizer.ts';
import { sourceArns, stackArns, undeliveredArn } from './stack-arns.ts';
import type { StackIdentities } from './stack-identities.ts';
import { stackNames } from './stack-settings.ts';

/** What is sent to the queues of a stack. There are none on this machine: that they would take it is said in the log. */
export interface DeadLetters {
  /**
   * Sends what a function has failed for good, as Lambda does, with the role of the function; nothing for functions without a queue.
   *
   * @param functionName in AWS
   * @param what failed, such as `invocation 1`
   */
  sendFailure(functionName: string, what: string): void;
  /** Sends an event that a rule could not deliver, as EventBridge does. */
  sendUndelivered(rule: RuleName, what: string): void;
}

/** @param onLog receives a line of the function or of the rule */
export const createDeadLetters = (
  authorizer: Authorizer,
  identities: StackIdentities['functions'],
  onLog: (name: string, line: string) => void,
): DeadLetters => {
  const log = (name: string, what: string, queue: string, denial: string | undefined) =>
    onLog(name, denial === undefined ? `Sent to ${queue}: ${what}` : `Lost, not sent to ${queue}: ${what}. ${denial}`);
  const action = 'sqs:SendMessage';
  return {
    sendFailure: (functionName, what) => {
      const name = failingFunctionNames.find((candidate) => stackNames.functions[candidate] === functionName);
      if (name === undefined) return;
      const resource = stackArns.failures;
      log(functionName, what, resource, authorizer.findDenial(identities[name].accessKeyId, [{ action, resource }]));
    },
    sendUndelivered: (rule, what) => {
      const resource = undeliveredArn(rule);
      const context = { 'aws:sourcearn': sourceArns.rules[rule] };
      log(rule, what, resource, authorizer.findServiceDenial(awsServices.eventBridge, { action, resource, context }));
    },
  };
};
